// How the file writes time: `250ms`, `90s`, `20m`, `1h30m`. Everything behind the file counts
// milliseconds; this is the only place where the two meet.

const unitsMs = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** The notation as a regular expression source, shared with the editor schema. */
export const durationPattern = "^(?=\\d)(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:(\\d+)s)?(?:(\\d+)ms)?$";

const notation = new RegExp(durationPattern);

/** Milliseconds of a duration, or undefined when the text is not one. Units come in falling order. */
export function parseDuration(text: string): number | undefined {
  const match = notation.exec(text);
  if (match === null) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0", milliseconds = "0"] = match;
  const total =
    Number(hours) * unitsMs.h +
    Number(minutes) * unitsMs.m +
    Number(seconds) * unitsMs.s +
    Number(milliseconds);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The shortest notation of whole milliseconds, largest unit first: 5400000 is `1h30m`, 0 is `0s`. */
export function formatDuration(totalMs: number): string {
  let rest = totalMs;
  let text = "";
  for (const [unit, sizeMs] of Object.entries(unitsMs)) {
    const count = Math.floor(rest / sizeMs);
    rest -= count * sizeMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === "" ? "0s" : text;
}

// What people write instead, from other tools and from IIS itself.
const foreignUnitsMs: Readonly<Record<string, number>> = {
  ...unitsMs,
  msec: 1,
  millis: 1,
  millisecond: 1,
  milliseconds: 1,
  sec: unitsMs.s,
  secs: unitsMs.s,
  second: unitsMs.s,
  seconds: unitsMs.s,
  min: unitsMs.m,
  mins: unitsMs.m,
  minute: unitsMs.m,
  minutes: unitsMs.m,
  hr: unitsMs.h,
  hrs: unitsMs.h,
  hour: unitsMs.h,
  hours: unitsMs.h,
  d: 24 * unitsMs.h,
  day: 24 * unitsMs.h,
  days: 24 * unitsMs.h,
};

/** The duration that was probably meant by `20 minutes`, `7d`, `1.5h` or IIS's `00:20:00`. */
export function guessDuration(text: string): string | undefined {
  const clock = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/.exec(text);
  if (clock !== null) {
    const [, days = "0", hours, minutes, seconds] = clock;
    return formatWhole(
      (Number(days) * 24 + Number(hours)) * unitsMs.h +
        Number(minutes) * unitsMs.m +
        Number(seconds) * unitsMs.s,
    );
  }
  const terms = [...text.toLowerCase().matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*/g)];
  if (terms.length === 0 || terms.map(([term]) => term).join("") !== text.toLowerCase()) {
    return undefined;
  }
  let total = 0;
  for (const [, count, unit = ""] of terms) {
    const sizeMs = Object.hasOwn(foreignUnitsMs, unit) ? foreignUnitsMs[unit] : undefined;
    if (sizeMs === undefined) return undefined;
    total += Number(count) * sizeMs;
  }
  return formatWhole(total);
}

function formatWhole(totalMs: number): string | undefined {
  return Number.isSafeInteger(totalMs) ? formatDuration(totalMs) : undefined;
}
