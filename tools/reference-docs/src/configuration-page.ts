// docs/configuration.md: how the file is written, then every key of it, read off the schema.

import {
  settingReference,
  type ReferenceSection,
  type SettingReference,
} from "@penstock/configuration";
import { code, generatedNotice, page, table } from "./markdown.ts";

/** An example that a test reads as a configuration. */
export const exampleFile = `# yaml-language-server: $schema=./penstock.schema.json
version: 1

applicationPoolDefaults:
  queueLength: 500
  processModel: { idleTimeout: 10m }

applicationPools:
  registry:
    urls: ["http://registry.localhost:8080/"]
    command: ["npx", "verdaccio", "--listen", "127.0.0.1:\${PORT}"]
    environment: { NODE_ENV: "\${NODE_ENV:-production}" }
    secrets: { TOKEN: { file: /run/secrets/token } }
    processModel: { maxProcesses: 2 }
`;

const notation = `
The file is YAML 1.2, by default \`penstock.yaml\`. It uses IIS's words wherever the meaning is IIS's.
It is read as a whole: with a single error in it nothing is applied, and all errors are reported at
once, each with its line and column. \`penstock.schema.json\` tells editors what may stand where; the
comment on the first line of the example makes most of them use it.`;

const rules = `
- **Durations** are written with their units, the larger unit first: \`250ms\`, \`90s\`, \`20m\`, \`1h30m\`. A
  bare number is an error. No duration is longer than \`576h\`.
- **Sizes** are written with a binary unit: \`0B\`, \`512KiB\`, \`64MiB\`, \`1GiB\`. A bare number is an error.
- **Environment variables** may stand in values, not in keys. \`\${NAME}\` is an error when the variable is
  not set. \`\${NAME:-default}\` takes the default, \`\${NAME:?message}\` reports the message, when the
  variable is not set or empty. Inside \`{ }\` and \`[ ]\` YAML wants quotes around them. \`$\${\` is a literal
  \`\${\`. In \`command\`, \`\${PORT}\`, \`\${POOL}\` and \`\${WORKER}\` are not variables of the environment: they are
  filled in for each worker.
- **Unknown keys** are errors. Keys that begin with \`x-\` are yours: they are ignored everywhere, also
  where names of pools stand, and are a good place for YAML anchors. \`<<\` merges mappings.
- **Relative paths** start in the folder of the file. A module is written with \`./\`, \`../\` or as an
  absolute path.
- **Defaults** come from three places, key by key: the pool's own entry, then
  \`applicationPoolDefaults\`, then the tables below. Lists are replaced as a whole.
- **Variables of workers**: \`PORT\` and every name that begins with \`PENSTOCK_\` are set by Penstock and
  cannot be set in the file.`;

const marks = { ignored: "**No effect yet.**", refused: "**Refused yet.**" };

const unfinished = `
The file's format is complete, this version of Penstock is not. A setting that is marked "No effect yet"
gives a warning when it is written with another value than its default. One that is marked "Refused yet"
is an error, because Penstock would otherwise serve something else than what was asked for.`;

/** The page, ready to write. */
export function configurationPage(): Promise<string> {
  const sections = settingReference();
  return page([
    generatedNotice,
    "# Configuration",
    notation.trim(),
    `\`\`\`yaml\n${exampleFile}\`\`\``,
    "## Rules of the file",
    rules.trim(),
    "## Where the defaults differ from IIS",
    "All other defaults of settings that IIS knows are IIS's own.",
    differences(sections),
    "## What this version does not do yet",
    unfinished.trim(),
    ...sections.flatMap(sectionPieces),
  ]);
}

function differences(sections: readonly ReferenceSection[]): string {
  const rows = sections.flatMap(({ path, settings }) =>
    settings
      .filter(({ iisDefault }) => iisDefault !== undefined)
      .map((setting) => [
        code(`${path}.${setting.key}`.replace("applicationPools.<name>.", "")),
        code(setting.default ?? ""),
        code(setting.iisDefault ?? ""),
      ]),
  );
  return table(["Key", "Penstock", "IIS"], rows);
}

function sectionPieces(section: ReferenceSection): readonly string[] {
  const { path, meaning, exactlyOne, settings } = section;
  return [
    `## ${path === "" ? "Top of the file" : code(path)}`,
    meaning,
    ...(exactlyOne.length > 0
      ? [`Exactly one of these stands: ${exactlyOne.map(code).join(", ")}.`]
      : []),
    table(["Key", "Type", "Default", "IIS, where it differs", "Meaning"], settings.map(settingRow)),
  ];
}

function settingRow(setting: SettingReference): readonly string[] {
  return [
    code(setting.key),
    setting.type,
    code(setting.default ?? ""),
    code(setting.iisDefault ?? ""),
    setting.notYet === undefined ? setting.meaning : `${setting.meaning} ${marks[setting.notYet]}`,
  ];
}
