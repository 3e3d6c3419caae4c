// How large a request's head may be: what HTTP.sys takes from its machine-wide registry keys, with its
// names and defaults. Sums are looked at on the hot path, single segments only in targets that are long
// enough to break a limit.

import type { ReasonPhrase } from "@penstock/domain";

/** Limits of every request that a listener takes. 0 = no limit of its own. */
export interface RequestLimits {
  /** Request line and fields together, bytes. */
  readonly maxRequestBytes: number;
  /** Name and value of one field, bytes. */
  readonly maxFieldLength: number;
  /** Fields of one request. */
  readonly maxFields: number;
  /** One path segment, characters. */
  readonly urlSegmentMaxLength: number;
  readonly urlSegmentMaxCount: number;
}

/** HTTP.sys's defaults. It has no limit of fields but that of their bytes. */
export const httpSysLimits: RequestLimits = {
  maxRequestBytes: 16_384,
  maxFieldLength: 16_384,
  maxFields: 1000,
  urlSegmentMaxLength: 260,
  urlSegmentMaxCount: 255,
};

const slash = 47;
const question = 63;

/** URL_Length when the path of a target has too many segments, or one that is too long. */
export function targetFault(target: string, limits: RequestLimits): ReasonPhrase | undefined {
  const { urlSegmentMaxLength: length, urlSegmentMaxCount: count } = limits;
  if ((length === 0 || target.length <= length) && (count === 0 || target.length <= count))
    return undefined;
  let segments = 0;
  let start = 0;
  for (let index = 0; index <= target.length; index++) {
    const code = index < target.length ? target.charCodeAt(index) : question;
    if (code !== slash && code !== question) continue;
    if (length > 0 && index - start > length) return "URL_Length";
    if (code === question) break;
    start = index + 1;
    segments++;
  }
  return count > 0 && segments > count ? "URL_Length" : undefined;
}

/** FieldLength when the fields are too many, or one is too long. `raw` is name, value, … */
export function fieldsFault(
  raw: readonly string[],
  limits: RequestLimits,
): ReasonPhrase | undefined {
  const { maxFieldLength, maxFields } = limits;
  if (maxFields > 0 && raw.length > maxFields * 2) return "FieldLength";
  // The parser has counted all of them together already.
  if (maxFieldLength === 0 || maxFieldLength >= limits.maxRequestBytes) return undefined;
  for (let i = 0; i + 1 < raw.length; i += 2)
    if ((raw[i]?.length ?? 0) + (raw[i + 1]?.length ?? 0) > maxFieldLength) return "FieldLength";
  return undefined;
}
