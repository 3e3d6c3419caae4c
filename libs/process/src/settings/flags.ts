// The command line of a process, read against the flags that its settings table knows. Everything that
// does not fit is a fault with its own line; nothing is dropped in silence.

import { parseArgs } from "node:util";

/** What stood on the command line: texts by flag (`--port`), and what does not belong there. */
export interface Flags {
  readonly values: ReadonlyMap<string, string>;
  readonly faults: readonly string[];
}

/** Reads `argv` (without node and the script). `known` maps each flag to whether it stands without a value. */
export function readFlags(
  argv: readonly string[],
  known: ReadonlyMap<string, "boolean" | "string">,
): Flags {
  const values = new Map<string, string>();
  const faults: string[] = [];
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries([...known].map(([flag, type]) => [flag.slice(2), { type }])),
    strict: false,
    allowNegative: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") faults.push(`"${token.value}" is not expected here`);
    if (token.kind !== "option") continue;
    const flag = `--${token.name}`;
    const type = known.get(flag);
    if (type === undefined)
      faults.push(`${token.rawName} is not known here (known: ${[...known.keys()].join(", ")})`);
    else if (values.has(flag)) faults.push(`${flag} is given twice`);
    else if (type === "boolean")
      values.set(flag, token.value ?? String(!token.rawName.startsWith("--no-")));
    else if (token.value === undefined || (!token.inlineValue && token.value.startsWith("--")))
      faults.push(`${flag} needs a value`);
    else values.set(flag, token.value);
  }
  return { values, faults };
}
