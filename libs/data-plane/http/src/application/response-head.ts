// From the head that Node wrote as text to the head as a list. The text is the truth: it holds what every
// variant of writeHead, setHeader and appendHeader came to, in order and case, with Node's own Date.

import type { ResponseHead } from "@penstock/request-queue";
import { isHopByHop, nominatedFields, withoutFields } from "./hop-by-hop.ts";

/** A head without hop-by-hop fields, and what those fields said about the body. */
export interface ParsedHead {
  readonly head: ResponseHead;
  /** Value of the one Content-Length; undefined without one, NaN when the application wrote nonsense. */
  readonly contentLength: number | undefined;
}

/** "HTTP/1.1 " */
const statusStart = 9;

/**
 * Reads `text`, a head as Node's ServerResponse wrote it. A chunked answer has no length, whatever the
 * application claimed (RFC 9112 §6.3), so its Content-Length goes.
 */
export function parseResponseHead(text: string, chunked: boolean): ParsedHead {
  let end = text.indexOf("\r\n");
  const status = Number(text.slice(statusStart, statusStart + 3));
  const statusMessage = text.slice(statusStart + 4, end);
  let rawHeaders: string[] = [];
  let contentLength: number | undefined;
  let nominated: Set<string> | undefined;
  for (let start = end + 2; ; start = end + 2) {
    end = text.indexOf("\r\n", start);
    if (end <= start) break;
    const colon = text.indexOf(":", start);
    const name = text.slice(start, colon);
    const value = text.slice(colon + 2, end);
    if (isHopByHop(name)) {
      if (name.length === 10 && name.toLowerCase() === "connection") {
        nominated = nominatedFields(value) ?? nominated;
      }
      continue;
    }
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      if (chunked) continue;
      contentLength = lengthOf(value, contentLength);
    }
    rawHeaders.push(name, value);
  }
  if (nominated !== undefined) rawHeaders = withoutFields(rawHeaders, nominated);
  return { head: { status, statusMessage, rawHeaders }, contentLength };
}

/** A Content-Length that is no number, or a second one that says otherwise, makes the answer unusable. */
function lengthOf(value: string, earlier: number | undefined): number {
  const length = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  return earlier === undefined || earlier === length ? length : Number.NaN;
}

/** Pairs of a trailer section, `Name: value\r\n` each. */
export function parseTrailers(text: string): string[] {
  const trailers: string[] = [];
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) trailers.push(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return trailers;
}
