// The head of a fetch Response as the exchange takes it. The function is an HTTP server of its own here,
// so what a server adds to an answer is added: Date, and Content-Length where the whole body is known.

import type { ResponseHead } from "@penstock/request-queue";
import { withoutHopByHop } from "./hop-by-hop.ts";

/** What is used of a Response, so that one of another realm or library is one too. */
export interface ResponseLike {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Iterable<[string, string]> & { has(name: string): boolean };
  readonly body: ReadableStream<Uint8Array> | null;
}

/** True for what can be answered with: a Response, by whoever made it, that is no network error. */
export function isResponseLike(value: unknown): value is ResponseLike {
  if (value === null || typeof value !== "object") return false;
  const { status, headers } = value as { status?: unknown; headers?: unknown };
  if (typeof status !== "number" || status < 200 || status > 999) return false;
  return headers !== null && typeof headers === "object" && Symbol.iterator in headers;
}

/** True when no body follows, whatever the Response holds (RFC 9110 §6.4.1). */
export function isBodiless(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

/**
 * The head of `response`; `wholeLength` is the length of the body when all of it is known. Several
 * Set-Cookie come one by one, in order: that is how Headers iterate.
 */
export function fetchResponseHead(response: ResponseLike, wholeLength?: number): ResponseHead {
  const fields: string[] = [];
  for (const [name, value] of response.headers) fields.push(name, value);
  const rawHeaders = withoutHopByHop(fields);
  if (!response.headers.has("date")) rawHeaders.push("date", httpDate(Date.now()));
  if (wholeLength !== undefined && !response.headers.has("content-length")) {
    rawHeaders.push("content-length", String(wholeLength));
  }
  return { status: response.status, statusMessage: response.statusText, rawHeaders };
}

/** The length that the Response announces; NaN when that is no number. */
export function announcedLength(response: ResponseLike): number | undefined {
  for (const [name, value] of response.headers) {
    if (name === "content-length") return /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  }
  return undefined;
}

let dateSecond = 0;
let dateText = "";

/** An HTTP date has seconds: one text does for all answers of a second. */
function httpDate(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(now).toUTCString();
  }
  return dateText;
}
