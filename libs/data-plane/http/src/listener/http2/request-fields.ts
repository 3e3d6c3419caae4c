// The header section of an HTTP/2 request in the form of HTTP/1.1, which is what applications get: `:authority`
// becomes Host, the crumbs of Cookie are one field again (RFC 9113 §8.2.3), and a body of unknown length is
// announced as chunked. What HTTP/2 forbids in a field, nghttp2 has refused before (RFC 9113 §8.2).

import { METHODS } from "node:http";
import type { ReasonPhrase } from "@penstock/domain";

/** HTTP.sys's MaxRequestBytes, counted as the same request would in HTTP/1.1, bytes. */
const HEADER_BYTES_MAX = 16_384;

const METHOD_NAMES: ReadonlySet<string> = new Set(METHODS);

/** A request's head as HTTP/1.1 would have it. */
export interface RequestFields {
  readonly method: string;
  readonly target: string;
  /** name, value, … */
  readonly rawHeaders: string[];
  /** Why the request is to be refused, whatever it is for. */
  readonly refusal: ReasonPhrase | undefined;
}

/** Reads `raw` (name, value, …, pseudo-header fields first). `ended`: no body follows. */
export function requestFields(raw: readonly string[], ended: boolean): RequestFields {
  let method = "";
  let target = "";
  let scheme = "";
  let authority: string | undefined;
  let host: string | undefined;
  let hosts = 0;
  let cookie = -1;
  let hasLength = false;
  let extended = false;
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
        extended = true;
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
  if (!ended && !hasLength) rawHeaders.push("transfer-encoding", "chunked");
  return {
    method,
    target,
    rawHeaders,
    refusal: refusalOf(),
  };

  function refusalOf(): ReasonPhrase | undefined {
    if (bytes > HEADER_BYTES_MAX) return "FieldLength";
    // A tunnel is not offered: SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3) is not sent.
    if (!METHOD_NAMES.has(method) || method === "CONNECT" || extended) return "Verb";
    const differs = host !== undefined && authority !== undefined && host !== authority;
    // RFC 9113 §8.3.1. A proxy that took TLS off would say http here; this connection is TLS.
    if (broken || hosts > 1 || differs || scheme !== "https") return "BadRequest";
    return undefined;
  }
}
