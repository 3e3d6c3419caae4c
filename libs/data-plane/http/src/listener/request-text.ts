// The head text of a request envelope, made in one pass over the header fields as the parser left them:
// hop-by-hop fields go (RFC 9110 §7.6.1), what Penstock says about the client comes, all else stays in its
// order and case. Hot path: a field's name is only lower-cased when its length could match.

import type { IncomingMessage } from "node:http";
import { readTarget, type ReasonPhrase, type RoutedTarget } from "@penstock/domain";

/** Facts about a client's connection that are the same for all its requests. */
export interface ClientFacts {
  readonly remoteAddress: string;
  /** remote address, remote port, local address, local port, as lines. */
  readonly lines: string;
  readonly encrypted: boolean;
  /** A proxy whose X-Forwarded fields are true. */
  readonly trusted: boolean;
}

/** What one pass over a request's fields found out. */
export interface RequestText {
  readonly text: string;
  /** Declared body length; -1 when the body is chunked, 0 when there is none. */
  readonly contentLength: number;
  /** An Idempotency-Key came with it. */
  readonly idempotencyKey: boolean;
  readonly requestId: string;
  /** Why nobody may get this request: its framing says what cannot be relied on. */
  readonly fault: ReasonPhrase | undefined;
  /** The client waits for an interim answer before it sends the body. */
  readonly expects: boolean;
}

/** Makes the names that a request carries through Penstock. */
export interface RequestNames {
  /** A new X-Request-Id. */
  requestId(): string;
  /** A new traceparent (W3C Trace Context §3.2). */
  traceparent(): string;
}

/** Digits of the longest Content-Length that is exact as a number. */
const LENGTH_DIGITS_MAX = 15;

const SLASH = 47;

/** Methods whose requests have a body. */
const HAVE_BODIES = new Set(["POST", "PUT", "PATCH"]);

const TRAILERS = /(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i;
const TOKEN = /^[A-Za-z0-9._:@/+=-]{1,128}$/;

/** Builds the head text for `listener` and finds out what the dispatch needs to know. */
export function requestText(
  request: IncomingMessage & { readonly upgrade?: boolean },
  listener: string,
  client: ClientFacts,
  names: RequestNames,
): RequestText {
  const raw = request.rawHeaders;
  const url = request.url ?? "/";
  const other = url.charCodeAt(0) === SLASH ? undefined : absoluteForm(url);
  const authority = other?.authority;
  let text = `${listener}\n${request.method ?? "GET"}\n${other?.path ?? url}\n${client.lines}`;
  let host = "";
  let contentLength = 0;
  let idempotencyKey = false;
  let expects = false;
  let upgraded = false;
  let requestId = "";
  let traced = false;
  let dropped: string[] | undefined;
  let chunked = false;
  let declared = false;
  let fault: ReasonPhrase | undefined;
  // What a trusted proxy says of its client; of others it is not read.
  let forwardedFor = "";
  let forwardedProto = "";
  let forwardedHost = "";
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? "";
    let value = raw[i + 1] ?? "";
    switch (name.length) {
      case 2: // te: that trailers are welcome holds for every hop (RFC 9110 §10.1.4)
        if (name.toLowerCase() === "te") {
          if (TRAILERS.test(value)) text += `\n${name}\ntrailers`;
          continue;
        }
        break;
      case 4: // host
        if (host === "" && name.toLowerCase() === "host") host = value = authority ?? value;
        break;
      case 6: // expect: for the application; of HTTP/1.0 it is none (RFC 9110 §10.1.1)
        if (name.toLowerCase() === "expect") {
          if (request.httpVersionMinor === 0) continue;
          expects = true;
        }
        break;
      case 7: // upgrade
        if (name.toLowerCase() === "upgrade" && !request.upgrade) continue;
        break;
      case 9: // forwarded (RFC 7239): as little to be believed as the X- fields
        if (!client.trusted && name.toLowerCase() === "forwarded") continue;
        break;
      case 10: {
        const lower = name.toLowerCase();
        if (lower === "connection") {
          dropped = namedFields(value, dropped);
          // One field, however many there were.
          if (request.upgrade && !upgraded) text += `\n${name}\nUpgrade`;
          upgraded = true;
          continue;
        }
        if (lower === "keep-alive") continue;
        break;
      }
      case 11: // traceparent
        if (name.toLowerCase() === "traceparent") traced = true;
        break;
      case 12: // x-request-id: kept when it is a plain token
        if (name.toLowerCase() === "x-request-id") {
          if (requestId !== "" || !TOKEN.test(value)) continue;
          requestId = value;
        }
        break;
      case 14: {
        const lower = name.toLowerCase();
        if (lower === "content-length") {
          contentLength = Number(value);
          declared = true;
          // From here on a number is no longer exact, and two readers would not agree about it.
          if (value.length > LENGTH_DIGITS_MAX) fault = "EntityTooLarge";
        } else if (lower === "http2-settings") continue;
        break;
      }
      case 15: {
        const lower = name.toLowerCase();
        if (lower === "x-forwarded-for") {
          if (client.trusted) forwardedFor = `${forwardedFor}${value}, `;
          continue;
        }
        if (lower === "idempotency-key") idempotencyKey = true;
        break;
      }
      case 16: {
        const lower = name.toLowerCase();
        if (lower === "proxy-connection") continue;
        if (lower === "x-forwarded-host") {
          if (client.trusted) forwardedHost ||= value;
          continue;
        }
        break;
      }
      case 17: {
        const lower = name.toLowerCase();
        if (lower === "x-forwarded-proto") {
          if (client.trusted) forwardedProto ||= value;
          continue;
        }
        // Kept: it tells the application that there is a body. Whoever sends it on frames anew.
        if (lower === "transfer-encoding") {
          contentLength = -1;
          // Twice, or anything but chunked, or from a client that cannot know it (RFC 9112 §6.1, §6.3).
          if (chunked || value.toLowerCase() !== "chunked" || request.httpVersionMinor === 0)
            fault = "BadRequest";
          chunked = true;
        }
        break;
      }
      default:
    }
    text += `\n${name}\n${value}`;
  }
  // Its body would have no end (RFC 1945 §8.3): what follows the header would be lost, and not told of.
  if (request.httpVersionMinor === 0 && !declared && HAVE_BODIES.has(request.method ?? ""))
    fault ??= "LengthRequired";
  // Before ours: a client cannot name them away.
  if (dropped) text = withoutFields(text, dropped);
  text += `\nX-Forwarded-For\n${forwardedFor}${client.remoteAddress}\nX-Forwarded-Proto\n${forwardedProto || (client.encrypted ? "https" : "http")}`;
  if (host !== "" || forwardedHost !== "") text += `\nX-Forwarded-Host\n${forwardedHost || host}`;
  if (requestId === "") {
    requestId = names.requestId();
    text += `\nX-Request-Id\n${requestId}`;
  }
  if (!traced) text += `\ntraceparent\n${names.traceparent()}`;
  return { text, contentLength, idempotencyKey, requestId, fault, expects };
}

/**
 * A target that is no path: undefined for asterisk-form. Whoever passes an absolute-form on sends its path
 * and takes its authority for the Host (RFC 9112 §3.2.2); the routing table has refused all others.
 */
function absoluteForm(target: string): RoutedTarget | undefined {
  return target === "*" ? undefined : readTarget(target);
}

/** Fields that a Connection field names, less those that are dropped anyway or only steer the connection. */
function namedFields(value: string, sofar: string[] | undefined): string[] | undefined {
  if (value === "keep-alive" || value === "close") return sofar;
  let names = sofar;
  for (const part of value.split(",")) {
    const name = part.trim().toLowerCase();
    if (
      name === "" ||
      name === "keep-alive" ||
      name === "close" ||
      name === "upgrade" ||
      PROTECTED.has(name)
    )
      continue;
    names = names ? [...names, name] : [name];
  }
  return names;
}

/** What a client may not have removed by naming it in Connection: the message would change its meaning. */
const PROTECTED = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "authorization",
  "cookie",
]);

/** Rare: the text without the fields that a Connection field named. */
function withoutFields(text: string, names: readonly string[]): string {
  const lines = text.split("\n");
  const fixed = lines.slice(0, 7);
  const kept: string[] = [];
  for (let i = 7; i + 1 < lines.length; i += 2) {
    const name = lines[i] ?? "";
    if (names.includes(name.toLowerCase())) continue;
    kept.push(name, lines[i + 1] ?? "");
  }
  return [...fixed, ...kept].join("\n");
}
