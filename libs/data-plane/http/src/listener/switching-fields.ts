// The fields of a 101 (RFC 9110 §7.8), as a worker sent them.

import { answerFields } from "./answer-fields.ts";
import { protocolsOf } from "./may-upgrade.ts";

/** A 101 that is one: it names one of the offered protocols, and frames nothing. */
export interface SwitchingFields {
  /** The protocols that it names, as it does. */
  readonly chosen: string;
  /** All other fields that may go to a client: name, value, … */
  readonly fields: string[];
}

/** `lines` is reason phrase, name, value, …; `offered` in lower case. Undefined when it is none. */
export function switchingFields(
  lines: readonly string[],
  offered: readonly string[],
): SwitchingFields | undefined {
  const fields = answerFields(lines)?.fields;
  if (!fields) return undefined;
  const chosen = valuesOf(lines, "upgrade");
  const protocols = protocolsOf(chosen.join(","));
  if (protocols.length === 0 || !protocols.every((protocol) => offered.includes(protocol)))
    return undefined;
  const kept: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? "";
    if (name.toLowerCase() !== "content-length") kept.push(name, fields[i + 1] ?? "");
  }
  return { chosen: chosen.join(", "), fields: kept };
}

/** `lines` is reason phrase, name, value, … */
function valuesOf(lines: readonly string[], name: string): string[] {
  return lines.filter((_, i) => i > 0 && i % 2 === 0 && lines[i - 1]?.toLowerCase() === name);
}
