// Durations as people write them in settings: `250ms`, `90s`, `1h30m`. The unit is always written; a
// bare number would be read as seconds by one and as milliseconds by another.

const unitMs = { h: 3_600_000, m: 60_000, s: 1000 } as const;
const shape = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;

/** Milliseconds of a duration such as `1h30m`, or undefined when the text is none. Zero needs a unit too: `0s`. */
export function parseDurationMs(text: string): number | undefined {
  const parts = shape.exec(text);
  if (!parts || text === "") return undefined;
  const [, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = parts;
  return Math.round(
    Number(hours) * unitMs.h +
      Number(minutes) * unitMs.m +
      Number(seconds) * unitMs.s +
      Number(milliseconds),
  );
}
