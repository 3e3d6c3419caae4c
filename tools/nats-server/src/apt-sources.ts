// Reads the machine's own apt sources to learn which mirror of the Debian archive it uses and which keys
// it trusts for it, in both notations: deb822 stanzas (`*.sources`) and one-line entries (`*.list`).
// Nothing here names a mirror: a machine that reaches only its own mirror is served by that.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** An archive that the machine installs from. */
export interface AptArchive {
  readonly uri: string;
  /** The key file named for it; undefined when apt's default keys are used, or keys stand inline. */
  readonly signedBy: string | undefined;
}

interface AptSource {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

/**
 * The archives below an apt folder (`/etc/apt`) that may be a Debian archive, likeliest first. A folder
 * that cannot be read yields none.
 */
export async function readAptArchives(aptFolder: string): Promise<readonly AptArchive[]> {
  const parts = join(aptFolder, "sources.list.d");
  const names = (await readdir(parts).catch(() => [])).toSorted(alphabetically);
  const files = [join(aptFolder, "sources.list"), ...names.map((name) => join(parts, name))];
  const sources: AptSource[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (file.endsWith(".sources")) sources.push(...parseStanzas(text));
    else if (file.endsWith(".list")) sources.push(...parseLines(text));
  }
  return debianArchives(sources);
}

/** The `deb` entries of deb822 text. Disabled stanzas are left out. */
export function parseStanzas(text: string): AptSource[] {
  const withoutComments = text.replaceAll(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    // A line that starts with white space continues the field above it.
    for (const line of stanza.replaceAll(/\n[ \t]+/g, " ").split("\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1));
    }
    const words = (name: string) => fields.get(name)?.split(/\s+/).filter(Boolean) ?? [];
    if (words("enabled")[0]?.toLowerCase() === "no") return [];
    const source = {
      types: words("types"),
      uris: words("uris"),
      suites: words("suites"),
      components: words("components"),
      signedBy: keyFile(words("signed-by")[0]),
    };
    return source.types.includes("deb") ? [source] : [];
  });
}

/** The `deb` entries of one-line text: `deb [options] uri suite component…`. */
export function parseLines(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const parts = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!parts) return [];
    const [, options = "", uri = "", suite = "", components = ""] = parts;
    return [
      {
        types: ["deb"],
        uris: [uri],
        suites: [suite],
        components: components.split(/\s+/).filter(Boolean),
        signedBy: keyFile(/(?:^|\s)signed-by=(\S+)/.exec(options)?.[1]),
      },
    ];
  });
}

// Other publishers' archives sit in the same files and have a `main` component too. The Debian one goes
// by the name `debian` on every mirror; should one not, it is still tried, after those that do.
function debianArchives(sources: readonly AptSource[]): readonly AptArchive[] {
  const archives = new Map<string, AptArchive>();
  for (const { uris, suites, components, signedBy } of sources) {
    const offersMain =
      components.includes("main") && !suites.every((suite) => suite.endsWith("-security"));
    for (const uri of offersMain ? uris : []) {
      const plain = uri.replace(/\/+$/, "");
      if (/^(?:https?|file|copy|mirror\+\w+):/.test(plain) && !archives.has(plain)) {
        archives.set(plain, { uri: plain, signedBy });
      }
    }
  }
  const isNamedDebian = ({ uri }: AptArchive) => Number(uri.endsWith("/debian"));
  return [...archives.values()].sort((left, right) => isNamedDebian(right) - isNamedDebian(left));
}

function keyFile(value: string | undefined): string | undefined {
  return value?.startsWith("/") ? value : undefined;
}

function alphabetically(left: string, right: string): number {
  return left < right ? -1 : 1;
}
