// How the file writes amounts of bytes: `0B`, `512KiB`, `64MiB`, `1GiB`. Only the binary units, so
// that nobody has to guess whether a megabyte is 1000 or 1024 kilobytes.

const unitsBytes = { TiB: 1024 ** 4, GiB: 1024 ** 3, MiB: 1024 ** 2, KiB: 1024, B: 1 } as const;

/** The notation as a regular expression source, shared with the editor schema. */
export const sizePattern = "^(\\d+)(B|KiB|MiB|GiB|TiB)$";

const notation = new RegExp(sizePattern);

/** Bytes of a size, or undefined when the text is not one. */
export function parseSize(text: string): number | undefined {
  const match = notation.exec(text);
  if (match === null) return undefined;
  const total = Number(match[1]) * unitsBytes[match[2] as keyof typeof unitsBytes];
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The notation with the largest unit that divides the whole bytes exactly; 0 is `0B`. */
export function formatSize(totalBytes: number): string {
  for (const [unit, bytes] of Object.entries(unitsBytes)) {
    if (totalBytes >= bytes && totalBytes % bytes === 0) return `${totalBytes / bytes}${unit}`;
  }
  return "0B";
}

const foreignUnits: Readonly<Record<string, keyof typeof unitsBytes>> = {
  b: "B",
  bytes: "B",
  k: "KiB",
  kb: "KiB",
  kib: "KiB",
  m: "MiB",
  mb: "MiB",
  mib: "MiB",
  g: "GiB",
  gb: "GiB",
  gib: "GiB",
  t: "TiB",
  tb: "TiB",
  tib: "TiB",
};

/** The size that was probably meant by `512MB`, `512m`, `1.5 GiB`. */
export function guessSize(text: string): string | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text);
  const foreign = match?.[2]?.toLowerCase() ?? "";
  const unit = Object.hasOwn(foreignUnits, foreign) ? foreignUnits[foreign] : undefined;
  if (match === null || unit === undefined) return undefined;
  const total = Number(match[1]) * unitsBytes[unit];
  return Number.isSafeInteger(total) ? formatSize(total) : undefined;
}
