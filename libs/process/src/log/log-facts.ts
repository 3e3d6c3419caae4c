// How facts look in the log: credentials masked, errors spelt out, bytes counted. A credential is known
// by its name at any depth, also in a raw header list (name, value, name, value, …). By name and not by
// path, so that nobody has to foresee under which request, error or option a header turns up.

import { stdSerializers } from "pino";

const mask = "***";

/** `authorization`, `proxy-authorization`, `cookie`, `set-cookie`, `adminToken`, `password`, `jwt`, `seed`, … */
const credentialName =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|.*(?:token|password|passphrase|secret|api-?key)|jwt|seed|private-?key)$/i;

/** Facts nest shallowly. What lies deeper, or in a circle, is left out. */
const depthMax = 6;

/** The facts as they may be written. Copies only what it changes; the caller's object stays as it was. */
export function presentFacts<Facts extends object>(facts: Facts): Facts {
  return presentObject(facts, 0) as Facts;
}

function present(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > depthMax) return "…";
  if (Array.isArray(value)) return presentList(value, depth);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (value instanceof Error) return presentObject({ ...stdSerializers.err(value) }, depth);
  // Dates, URLs and secrets know how to show themselves.
  if ("toJSON" in value) return value;
  return presentObject(value, depth);
}

function presentObject(facts: object, depth: number): object {
  let copy: Record<string, unknown> | undefined;
  for (const [name, fact] of Object.entries(facts)) {
    const isCredential = fact !== undefined && credentialName.test(name);
    const shown = isCredential ? mask : present(fact, depth + 1);
    if (shown !== fact) (copy ??= { ...facts })[name] = shown;
  }
  return copy ?? facts;
}

function presentList(list: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const name = index % 2 === 1 ? list[index - 1] : undefined;
    const isCredential = typeof name === "string" && credentialName.test(name);
    const shown = isCredential ? mask : present(item, depth + 1);
    if (shown !== item) (copy ??= [...list])[index] = shown;
  }
  return copy ?? list;
}
