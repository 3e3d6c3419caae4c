// The cooked path: what of a request target takes part in routing. Escapes decoded, dot segments gone,
// leading slashes collapsed, lower case. The raw target is what the application gets; this one is only
// compared with prefixes.
//
// Nearly all targets are cooked already. One scan finds that out and allocates nothing; only the rest
// pays for the steps below.

import { decodeSegment } from "./path-segment.ts";

/** UrlSegmentMaxLength of HTTP.sys: characters of one decoded segment. */
export const segmentLengthMax = 260;
/** UrlSegmentMaxCount of HTTP.sys: segments of one path, dot segments included. */
export const segmentCountMax = 255;

/** How large a request's path may be. Infinity: as large as it likes. */
export interface PathLimits {
  /** Characters of one decoded segment. */
  readonly segmentLengthMax: number;
  /** Segments, dot segments included. */
  readonly segmentCountMax: number;
}

/** HTTP.sys's defaults. */
export const httpSysPathLimits: PathLimits = { segmentLengthMax, segmentCountMax };

const questionMark = 63;

/** What the scan does with a character. */
const plain = 0;
const slash = 1;
const dot = 2;
const upperCase = 3;
const endOfPath = 4;
const notCooked = 5;

const actions = new Uint8Array(128).fill(notCooked, 0, 33);
actions[127] = notCooked;
actions.fill(upperCase, 65, 91);
actions[37] = notCooked; // %
actions[35] = notCooked; // #: a fragment is never sent, so this is no URL.
actions[46] = dot;
actions[47] = slash;
actions[questionMark] = endOfPath;

/** {@link scanPath}: the path needs {@link cookPath}. */
export const needsCooking = 0;

/**
 * Where the path of an origin-form target ends, if it is cooked as it stands; the negative of that, if
 * nothing but lower case is missing; else {@link needsCooking}. The target starts with a slash.
 */
export function scanPath(target: string, limits: PathLimits = httpSysPathLimits): number {
  const { segmentLengthMax: lengthMax, segmentCountMax: countMax } = limits;
  let segmentStart = 1;
  let segments = 0;
  let sign = 1;
  let index = 1;
  for (; index < target.length; index++) {
    const code = target.charCodeAt(index);
    const action = code < 128 ? actions[code] : notCooked;
    if (action === plain) continue;
    if (action === slash) {
      if (index === 1 || index - segmentStart > lengthMax) return needsCooking;
      segmentStart = index + 1;
      segments++;
    } else if (action === upperCase) sign = -1;
    else if (action === endOfPath) break;
    else if (action === notCooked || index === segmentStart) return needsCooking;
  }
  if (index > segmentStart) segments++;
  if (segments > countMax || index - segmentStart > lengthMax) return needsCooking;
  return sign * index;
}

/**
 * Cooks the path of an origin-form target. Undefined when it is no valid URL: a control character, raw
 * or escaped, a raw character beyond ASCII, a broken escape, a fragment, a limit exceeded.
 */
export function cookPath(
  target: string,
  limits: PathLimits = httpSysPathLimits,
): string | undefined {
  const end = rawPathEnd(target);
  if (end === -1) return undefined;
  const kept: string[] = [];
  let segments = 0;
  for (let from = 1; from < end;) {
    const to = segmentEnd(target, from, end);
    const segment = decodeSegment(target.slice(from, to));
    if (++segments > limits.segmentCountMax) return undefined;
    if (segment === undefined || segment.length > limits.segmentLengthMax) return undefined;
    keep(segment, kept);
    from = to + 1;
  }
  return `/${kept.join("/")}`.toLowerCase();
}

/** RFC 3986 §5.2.4, and slashes collapse where nothing stands before them. */
function keep(segment: string, kept: string[]): void {
  if (segment === "..") kept.pop();
  else if (segment !== "." && (segment !== "" || kept.length > 0)) kept.push(segment);
}

function segmentEnd(target: string, from: number, end: number): number {
  const next = target.indexOf("/", from);
  return next === -1 || next > end ? end : next;
}

/** Where the query or the target ends the path; -1 for a raw character that no URL has. */
function rawPathEnd(target: string): number {
  for (let index = 0; index < target.length; index++) {
    const code = target.charCodeAt(index);
    if (code === questionMark) return index;
    if (code <= 32 || code >= 127 || code === 35) return -1;
  }
  return target.length;
}
