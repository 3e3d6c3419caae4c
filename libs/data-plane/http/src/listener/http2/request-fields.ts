// The header section of an HTTP/2 request in the form of HTTP/1.1, which is what applications get: `:authority`
// becomes Host, the crumbs of Cookie are one field again (RFC 9113 §8.2.3), and a body of unknown length is
// announced as chunked. An extended CONNECT for a WebSocket (RFC 8441) becomes the GET that opens one. What HTTP/2 forbids in a field, nghttp2 has refused before (RFC 9113 §8.2).

import { METHODS } from "node:http";
import type { ReasonPhrase } from "@penstock/domain";
import { askingFields, KEY, WEBSOCKET } from "./websocket-handshake.ts";

const METHOD_NAMES: ReadonlySet<string> = new Set(METHODS);

/** A request's head as HTTP/1.1 would have it. */
export interface RequestFields {
  readonly method: string;
  readonly target: string;
  /** name, value, … */
  readonly rawHeaders: string[];
  /** Of a request that asks for a WebSocket: the key of its handshake. */
  readonly webSocketKey: string | undefined;
  /** Why the request is to be refused, whatever it is for. */
  readonly refusal: ReasonPhrase | undefined;
}

/** How a request is read. */
export interface RequestFieldsParts {
  /** No body follows. */
  readonly ended: boolean;
  /** Bytes of the whole, counted as the same request would in HTTP/1.1. */
  readonly bytesMax: number;
  /** Makes the key of a WebSocket's handshake. */
  readonly newKey: () => string;
}

/** Reads `raw`: name, value, …, pseudo-header fields first. */
export function requestFields(
  raw: readonly string[],
  { ended, bytesMax, newKey }: RequestFieldsParts,
): RequestFields {
  let method = "";
  let target = "";
  let scheme = "";
  let authority: string | undefined;
  let host: string | undefined;
  let hosts = 0;
  let cookie = -1;
  let hasLength = false;
  let protocol: string | undefined;
  let broken = false;
  let bytes = 0;
  const fields: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? "";
    const value = raw[i + 1] ?? "";
    bytes += name.length + value.length + 4;
    // The envelope separates lines by it.
    if (value.includes("\n")) broken = true;
    switch (name) {
      case ":method":
        method = value;
        continue;
      case ":path":
        target = value;
        continue;
      case ":scheme":
        scheme = value;
        continue;
      case ":authority":
        authority = value;
        continue;
      case ":protocol":
        protocol = value;
        continue;
      case "host":
        host = value;
        hosts++;
        continue;
      case "cookie":
        if (cookie >= 0) {
          fields[cookie] = `${fields[cookie]}; ${value}`;
          continue;
        }
        cookie = fields.length + 1;
        break;
      case "content-length":
        hasLength = true;
        break;
      default:
    }
    fields.push(name, value);
  }
  const asked = authority ?? host;
  const rawHeaders = asked === undefined ? fields : ["host", asked, ...fields];
  // Tokens of Upgrade are compared without regard to case (RFC 9110 §7.8).
  const webSocket = method === "CONNECT" && protocol?.toLowerCase() === WEBSOCKET;
  const refusal = refusalOf();
  if (webSocket && refusal === undefined) {
    const webSocketKey = newKey();
    const kept = withoutField(rawHeaders, KEY);
    kept.push(...askingFields(webSocketKey));
    return { method: "GET", target, rawHeaders: kept, webSocketKey, refusal };
  }
  if (!ended && !hasLength) rawHeaders.push("transfer-encoding", "chunked");
  return { method, target, rawHeaders, webSocketKey: undefined, refusal };

  function refusalOf(): ReasonPhrase | undefined {
    if (bytes > bytesMax) return "FieldLength";
    // Of tunnels there are WebSockets: this is no proxy, and other protocols nobody speaks (RFC 9220 §3).
    if (!METHOD_NAMES.has(method) || (method === "CONNECT" && !webSocket)) return "Verb";
    const differs = host !== undefined && authority !== undefined && host !== authority;
    // RFC 9113 §8.3.1. A proxy that took TLS off would say http here; this connection is TLS.
    if (broken || hosts > 1 || differs || scheme !== "https") return "BadRequest";
    // RFC 8441 §4 has the one with CONNECT only; to that, a length says nothing (RFC 9110 §9.3.6).
    if (webSocket ? hasLength : protocol !== undefined) return "BadRequest";
    return undefined;
  }
}

/** `fields` is name, value, …; names are in lower case. */
function withoutField(fields: readonly string[], name: string): string[] {
  return fields.filter((_, i) => fields[i - (i % 2)] !== name);
}
