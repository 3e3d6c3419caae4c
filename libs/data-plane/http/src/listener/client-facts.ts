// What is known of a client's connection, worked out once per connection and kept on its socket.

import type { Socket } from "node:net";
import type { ClientFacts } from "./request-text.ts";

const FACTS = Symbol("penstock.client");

interface KnownSocket extends Socket {
  [FACTS]?: ClientFacts;
  encrypted?: boolean;
}

/** The facts of the connection that a request came in on. */
export function clientFacts(socket: Socket): ClientFacts {
  const known = socket as KnownSocket;
  return (known[FACTS] ??= read(known));
}

function read(socket: KnownSocket): ClientFacts {
  const remoteAddress = plain(socket.remoteAddress);
  const localAddress = plain(socket.localAddress);
  return {
    remoteAddress,
    lines: `${remoteAddress}\n${socket.remotePort ?? 0}\n${localAddress}\n${socket.localPort ?? 0}`,
    encrypted: socket.encrypted === true,
  };
}

/** An IPv4 address that a dual-stack socket shows as IPv6 (RFC 4291 §2.5.5.2), in its plain form. */
function plain(address: string | undefined): string {
  if (address === undefined) return "";
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}
