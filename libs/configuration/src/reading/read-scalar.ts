// Reads one word of the file: fills in environment variables, then asks whether the text is what its
// setting wants. A value that came out of a variable is always text, so `${COUNT}` may stand where a
// number is wanted; everything else must already have the type that YAML gave it.

import type { Scalar } from "yaml";
import { exhaustive } from "@penstock/foundation";
import { formatDuration, guessDuration, parseDuration } from "../notation/duration.ts";
import { hasExpression, interpolate } from "../notation/interpolation.ts";
import { nearestWord } from "../notation/nearest-word.ts";
import { guessSize, parseSize } from "../notation/size.ts";
import { describeExpected, describeValue } from "./describe.ts";
import type {
  ChoiceSetting,
  CountSetting,
  DurationSetting,
  ScalarSetting,
  SizeSetting,
  TextSetting,
} from "../schema/setting.ts";
import { formatKeyPath } from "../source/key-path.ts";
import { refuse, valueRange, type Cursor, type Reading } from "./reading.ts";

type ScalarCursor = Cursor & { readonly node: Scalar };

/** A value before its setting has looked at it. */
interface Raw {
  readonly value: unknown;
  /** As it is spelled: `0x10`, `1.10`. */
  readonly text: string;
  /** It came out of an environment variable: its type is the setting's to say. */
  readonly interpolated: boolean;
}

/** Whether a raw value fits; `reason` follows the key path, `suggestion` is ready to show. */
type Verdict =
  | { readonly kind: "fits"; readonly value: unknown }
  | { readonly kind: "misfit"; readonly reason: string; readonly suggestion?: string | undefined };

/** Reads a scalar; undefined when it does not fit. */
export function readScalar(
  reading: Reading,
  setting: ScalarSetting,
  cursor: ScalarCursor,
): unknown {
  const raw = rawValue(reading, setting, cursor);
  if (raw === undefined) return undefined;
  const verdict = judge(setting, raw);
  if (verdict.kind === "fits") return verdict.value;
  return refuse(reading, cursor, verdict.reason, verdict.suggestion);
}

function rawValue(reading: Reading, setting: ScalarSetting, cursor: ScalarCursor): Raw | undefined {
  const { value, source } = cursor.node;
  if (typeof value !== "string")
    return { value, text: source ?? String(value), interpolated: false };
  if (!hasExpression(value)) return { value, text: value, interpolated: false };
  const kept = setting.kind === "literal" ? setting.kept : [];
  const result = interpolate(value, reading.environment, kept);
  if (result.kind === "filled")
    return { value: result.text, text: result.text, interpolated: true };
  const whole = valueRange(cursor);
  const written = reading.source.text.slice(whole.start, whole.end);
  const offset = Math.max(0, written.indexOf(result.expression));
  const start = whole.start + offset;
  reading.faults.add({
    range: { start, end: Math.min(whole.end, start + result.expression.length) },
    path: cursor.path,
    message: `${formatKeyPath(cursor.path)}: ${result.message}`,
    suggestion: result.suggestion,
  });
  return undefined;
}

function judge(setting: ScalarSetting, raw: Raw): Verdict {
  switch (setting.kind) {
    case "duration":
      return judgeDuration(setting, raw);
    case "size":
      return judgeSize(setting, raw);
    case "text":
      return judgeText(setting, raw);
    case "literal":
      return fits(raw.text);
    case "choice":
      return judgeChoice(setting, raw);
    case "count":
      return judgeCount(setting, raw);
    case "quantity": {
      const number = numberOf(raw);
      return number !== undefined && number > 0 ? fits(number) : unexpected(setting, raw);
    }
    case "switch": {
      const value = raw.interpolated ? switchOf(raw.text) : raw.value;
      if (typeof value === "boolean") return fits(value);
      const meant = switchOf(raw.text);
      return unexpected(setting, raw, meant === undefined ? undefined : `write ${meant}`);
    }
    default:
      return exhaustive(setting);
  }
}

function judgeDuration(setting: DurationSetting & { default?: string }, raw: Raw): Verdict {
  const bare = bareNumber(raw);
  if (bare !== undefined) {
    // The unit of the default is the one that was probably in mind.
    const unit = bare === 0 ? "s" : (/[a-z]+$/.exec(setting.default ?? "")?.[0] ?? "s");
    const example = `${bare}${unit}`;
    return withoutUnit(raw, "duration", parseDuration(example) === undefined ? "20m" : example);
  }
  const value = typeof raw.value === "string" ? parseDuration(raw.text) : undefined;
  if (value === undefined) {
    const guess = guessDuration(raw.text);
    return misfit(`${describeValue(raw.value)} is not a duration`, `try ${guess ?? "20m"}`);
  }
  const least = parseDuration(setting.least) ?? 0;
  const most = parseDuration(setting.most) ?? Number.POSITIVE_INFINITY;
  if (value < least) return misfit(`${raw.text} is too short: ${setting.least} at least`);
  if (value > most) return misfit(`${raw.text} is too long: ${formatDuration(most)} at most`);
  return fits(value);
}

function judgeSize(setting: SizeSetting, raw: Raw): Verdict {
  const bare = bareNumber(raw);
  if (bare !== undefined) {
    const example = bare === 0 ? "0B" : `${bare}MiB`;
    return withoutUnit(raw, "size", parseSize(example) === undefined ? "64MiB" : example);
  }
  const value = typeof raw.value === "string" ? parseSize(raw.text) : undefined;
  if (value === undefined) {
    return misfit(
      `${describeValue(raw.value)} is not a size`,
      `try ${guessSize(raw.text) ?? "64MiB"}`,
    );
  }
  if (value < (parseSize(setting.least) ?? 0)) {
    return misfit(`${raw.text} is too small: ${setting.least} at least`);
  }
  return fits(value);
}

function judgeText(setting: TextSetting, raw: Raw): Verdict {
  if (typeof raw.value !== "string") {
    return unexpected(setting, raw, `write ${JSON.stringify(raw.text)}`);
  }
  if (raw.text === "") return misfit(`expected ${setting.expects}, found an empty text`);
  const pattern = setting.pattern === undefined ? undefined : new RegExp(setting.pattern);
  return pattern === undefined || pattern.test(raw.text)
    ? fits(raw.text)
    : unexpected(setting, raw);
}

function judgeChoice(setting: ChoiceSetting, raw: Raw): Verdict {
  if (setting.enum.some((word) => word === raw.value)) return fits(raw.value);
  const nearest = nearestWord(raw.text, setting.enum);
  return unexpected(
    setting,
    raw,
    nearest === undefined ? undefined : `did you mean ${JSON.stringify(nearest)}?`,
  );
}

function judgeCount(setting: CountSetting, raw: Raw): Verdict {
  const number = numberOf(raw);
  if (number === undefined || !Number.isInteger(number)) {
    const plain = /^\d+$/.test(raw.text) ? `write ${raw.text}, without quotes` : undefined;
    return unexpected(setting, raw, plain);
  }
  const { minimum, maximum } = setting;
  if (number >= minimum && number <= maximum) return fits(number);
  if (minimum === maximum) return unexpected(setting, raw);
  return misfit(`${raw.text} is out of range (${minimum} to ${maximum})`);
}

/** The number, when YAML saw one or a variable holds one. */
function numberOf({ value, text, interpolated }: Raw): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return interpolated && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function bareNumber(raw: Raw): number | undefined {
  if (typeof raw.value === "number") return raw.value;
  return /^\d+$/.test(raw.text) ? Number(raw.text) : undefined;
}

function switchOf(text: string): boolean | undefined {
  if (/^(?:true|yes|on)$/i.test(text)) return true;
  return /^(?:false|no|off)$/i.test(text) ? false : undefined;
}

function fits(value: unknown): Verdict {
  return { kind: "fits", value };
}

function misfit(reason: string, suggestion?: string): Verdict {
  return { kind: "misfit", reason, suggestion };
}

function withoutUnit(raw: Raw, noun: string, example: string): Verdict {
  return misfit(
    `${raw.text} has no unit: a ${noun} is written like ${example}`,
    `write ${example}`,
  );
}

function unexpected(setting: ScalarSetting, raw: Raw, suggestion?: string): Verdict {
  return misfit(
    `expected ${describeExpected(setting)}, found ${describeValue(raw.value)}`,
    suggestion,
  );
}
