// The header fields of an answer, as a worker sent them, made fit for the client's connection. A worker is
// not trusted: what would steer the client's connection or its framing goes, what contradicts itself is
// refused. Names and values are checked for invalid characters by node:http when they are written.

import { FIELDS_TEXT_MAX } from "@penstock/request-queue";

/** Fields that say how a message is framed or handled: no trailer may (RFC 9110 §6.5.1). */
const NEVER_TRAILERS = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "keep-alive",
  "proxy-connection",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Fields fit to be written, or undefined when they contradict each other. */
export interface AnswerFields {
  /** name, value, … */
  readonly fields: string[];
  /** Declared body length; -1 when there is none. */
  readonly contentLength: number;
}

/** `lines` is reason phrase, name, value, … */
export function answerFields(lines: readonly string[]): AnswerFields | undefined {
  if (lines.length % 2 !== 1) return undefined;
  const fields: string[] = [];
  let contentLength = -1;
  let length = lines[0]?.length ?? 0;
  for (let i = 1; i < lines.length; i += 2) {
    const name = lines[i] ?? "";
    const value = lines[i + 1] ?? "";
    length += name.length + value.length + 2;
    if (length > FIELDS_TEXT_MAX) return undefined;
    switch (name.length) {
      case 7:
        if (name.toLowerCase() === "upgrade") continue;
        break;
      case 10: {
        const lower = name.toLowerCase();
        if (lower === "connection" || lower === "keep-alive") continue;
        break;
      }
      case 14:
        if (name.toLowerCase() === "content-length") {
          if (contentLength !== -1 || !/^[0-9]{1,15}$/.test(value)) return undefined;
          contentLength = Number(value);
        }
        break;
      case 16:
        if (name.toLowerCase() === "proxy-connection") continue;
        break;
      case 17:
        if (name.toLowerCase() === "transfer-encoding") continue;
        break;
      default:
    }
    fields.push(name, value);
  }
  return { fields, contentLength };
}

/** Trailers that may be sent, as pairs. `lines` is name, value, …; none of them when they are too long. */
export function trailerFields(lines: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  let length = 0;
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const name = lines[i] ?? "";
    const value = lines[i + 1] ?? "";
    length += name.length + value.length + 2;
    if (!NEVER_TRAILERS.has(name.toLowerCase())) pairs.push([name, value]);
  }
  return length > FIELDS_TEXT_MAX ? [] : pairs;
}
