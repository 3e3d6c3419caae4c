// What is known of a client's connection, worked out once per connection and kept on its socket.

import type { Socket } from "node:net";
import type { ClientFacts } from "./request-text.ts";

const FACTS = Symbol("penstock.client");
const PEER = Symbol("penstock.peer");

/** An end of a connection. */
export interface PeerAddress {
  readonly address: string;
  readonly port: number;
}

interface KnownSocket extends Socket {
  [FACTS]?: ClientFacts;
  [PEER]?: PeerAddress;
  encrypted?: boolean;
}

/** Whether an address is that of a proxy whose word about clients counts. */
export type TrustsProxy = (address: string) => boolean;

/** Notes that a proxy named the client of a connection, before its first request. */
export function noteClient(socket: Socket, client: PeerAddress): void {
  (socket as KnownSocket)[PEER] = client;
}

/** The facts of the connection that a request came in on. */
export function clientFacts(socket: Socket, trusts: TrustsProxy): ClientFacts {
  const known = socket as KnownSocket;
  return (known[FACTS] ??= read(known, trusts));
}

function read(socket: KnownSocket, trusts: TrustsProxy): ClientFacts {
  const remoteAddress = plain(socket[PEER]?.address ?? socket.remoteAddress);
  const remotePort = socket[PEER]?.port ?? socket.remotePort ?? 0;
  const localAddress = plain(socket.localAddress);
  return {
    remoteAddress,
    lines: `${remoteAddress}\n${remotePort}\n${localAddress}\n${socket.localPort ?? 0}`,
    encrypted: socket.encrypted === true,
    trusted: trusts(remoteAddress),
  };
}

/** An IPv4 address that a dual-stack socket shows as IPv6 (RFC 4291 §2.5.5.2), in its plain form. */
function plain(address: string | undefined): string {
  if (address === undefined) return "";
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}
