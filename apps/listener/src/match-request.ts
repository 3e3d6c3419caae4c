// From a request to its URL group: the Host field and the local end of the connection, read as cheaply as they
// can be. `request.headers` would build an object of all fields; the raw list is there already.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { localEndpoint, type LocalEndpoint, type ReasonPhrase } from "@penstock/domain";
import type { MatchRequest, ServedUrlGroup } from "@penstock/http";
import type { CurrentRouting } from "./current-routing.ts";

const ENDPOINT = Symbol("penstock.endpoint");

interface KnownSocket extends Socket {
  [ENDPOINT]?: LocalEndpoint;
  encrypted?: boolean;
}

/** Matches requests against the routing of the moment. */
export function matchRequest(routing: CurrentRouting): MatchRequest {
  return (request): ServedUrlGroup | ReasonPhrase => {
    const host = hostField(request);
    if (host === null) return "BadRequest";
    const socket: KnownSocket = request.socket;
    socket[ENDPOINT] ??= localEndpoint(
      socket.encrypted === true ? "https" : "http",
      socket.localPort ?? 0,
      socket.localAddress ?? "",
    );
    const target = request.url ?? "/";
    // Only OPTIONS asks about the server itself (RFC 9112 §3.2.4).
    if (target === "*" && request.method !== "OPTIONS") return "URL";
    return routing.table.match(socket[ENDPOINT], host, target);
  };
}

/** The Host field; undefined when there is none, null when there are two (RFC 9112 §3.2: refuse). */
function hostField(request: IncomingMessage): string | undefined | null {
  const raw = request.rawHeaders;
  let host: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    if (name?.length !== 4 || (name !== "Host" && name !== "host" && name.toLowerCase() !== "host"))
      continue;
    if (host !== undefined) return null;
    host = raw[i + 1];
  }
  return host;
}
