// Penstock's own answers: RFC 9457 problem details, or a small page where the client prefers HTML, with the
// one reason word in body and Proxy-Status (RFC 9209), and a Retry-After where waiting helps.

import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import { Http2Request } from "./http2/http2-request.ts";
import { LINGER_MS, lingerAfterAnswer } from "./lingering-close.ts";

/** What is known about a refused request. */
export interface Refusal {
  readonly reason: ReasonPhrase;
  /** One sentence with the numbers; "" for none. */
  readonly detail: string;
  readonly pool?: string;
  readonly requestId: string;
  /** Seconds; sent only where waiting helps. */
  readonly retryAfter?: number;
}

/** Answers a request with a refusal. Nothing must have been written before. */
export function writeRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
): void {
  const facts = reasons[refusal.reason];
  const html = prefersHtml(request.headers.accept);
  const body = Buffer.from(html ? page(refusal) : problem(refusal));
  const fields = [
    "Content-Type", html ? "text/html; charset=utf-8" : "application/problem+json",
    "Content-Length", String(body.length),
    "Cache-Control", "no-store",
    "Proxy-Status", `penstock; error=${facts.proxyError}; details="${refusal.reason}"`,
    "X-Request-Id", refusal.requestId,
  ]; // prettier-ignore
  if (facts.passes) fields.push("Retry-After", String(refusal.retryAfter ?? 1));
  if (refusal.reason === "Verb")
    fields.push("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  // What the client has not sent yet would have to be read to its end: close instead.
  if (bodyUnread(request) || areLastWords(refusal.reason, request)) {
    fields.push("Connection", "close");
    lingerAfterAnswer(request, LINGER_MS);
  }
  // Named, because an answer that failed may have left its own reason phrase behind.
  response.writeHead(facts.status, STATUS_CODES[facts.status], fields);
  response.end(body);
}

/** After these the connection is closed: what follows on it cannot be relied on, or is not wanted. */
const LAST_WORDS: ReadonlySet<ReasonPhrase> = new Set<ReasonPhrase>([
  "AppShutdown",
  "BadRequest",
  "ConnLimit",
  "EntityTooLarge",
  "FieldLength",
  "Header",
  "LengthRequired",
  "Timer_EntityBody",
  "URL_Length",
  "Verb",
  "Version_N/S",
]);

/** The same with HTTP/2, where a request that is wrong says nothing of the next. */
const LAST_OF_STREAMS: ReadonlySet<ReasonPhrase> = new Set<ReasonPhrase>([
  "AppShutdown",
  "ConnLimit",
]);

function areLastWords(reason: ReasonPhrase, request: IncomingMessage): boolean {
  if (request instanceof Http2Request) return LAST_OF_STREAMS.has(reason);
  // Who names no host does not speak HTTP as it should (RFC 9112 §3.2); to name one that nobody serves is no fault.
  return LAST_WORDS.has(reason) || request.headers.host === undefined;
}

/** A request without a body is complete, though node:http says so only a moment after it told of it. */
function bodyUnread({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** The refusal as problem details (RFC 9457 §3). */
export function problem(refusal: Refusal): string {
  const facts = reasons[refusal.reason];
  return `${JSON.stringify({
    type: `urn:penstock:reason:${refusal.reason}`,
    title: facts.title,
    status: facts.status,
    ...(refusal.detail === "" ? {} : { detail: refusal.detail }),
    instance: `urn:penstock:request:${refusal.requestId}`,
    reason: refusal.reason,
    ...(refusal.pool === undefined ? {} : { pool: refusal.pool }),
    ...(facts.passes ? { retryAfter: refusal.retryAfter ?? 1 } : {}),
  })}\n`;
}

function page(refusal: Refusal): string {
  const facts = reasons[refusal.reason];
  const rows = [
    ["Reason", refusal.reason],
    ...(refusal.pool === undefined ? [] : [["Application pool", refusal.pool]]),
    ["Request", refusal.requestId],
  ];
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex"><title>${facts.status} ${escape(facts.title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em;color-scheme:light dark}dt{opacity:.7}dd{margin:0 0 .5em;font-family:ui-monospace,monospace}</style>
<h1>${escape(facts.title)}</h1>${refusal.detail === "" ? "" : `<p>${escape(refusal.detail)}</p>`}
<dl>${rows.map(([name, value]) => `<dt>${escape(name ?? "")}</dt><dd>${escape(value ?? "")}</dd>`).join("")}</dl></html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** True when an Accept field (RFC 9110 §12.5.1) ranks text/html above JSON and above anything at all. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  let html = 0;
  let other = 0;
  for (const part of accept.toLowerCase().split(",")) {
    const [range = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    const quality = weight === undefined ? 1 : Number(weight.slice(2)) || 0;
    if (range === "text/html") html = quality;
    else if (OTHERS.has(range)) other = Math.max(other, quality);
  }
  return html > other;
}

/** What problem details satisfy. */
const OTHERS = new Set(["application/json", "application/problem+json", "application/*", "*/*"]);
