// What a listener keeps about a client's HTTP/1.1 connection beyond one request. One object per
// connection, hung onto its socket.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpExchange } from "./http-exchange.ts";
import type { ServedUrlGroup } from "./served-url-group.ts";

const STATE = Symbol("penstock.connection");

/** The state of one connection. */
export class ConnectionState {
  /** The last request whose header came; undefined once it has its answer. */
  exchange: HttpExchange | undefined = undefined;
  /** Whose its last request was. */
  group: ServedUrlGroup | undefined = undefined;
  /** The answer that is due is its last: no further request is taken from it. */
  last = false;
  /** The last request that is taken, where that is known before it comes to be taken. */
  lastRequest: IncomingMessage | undefined = undefined;
  /** Nothing more is read as HTTP: our side has ended. */
  closing = false;
}

/** Counts a connection to a group, and no more to the one before. False when the group has as many as it may. */
export function enterGroup(socket: Duplex, state: ConnectionState, group: ServedUrlGroup): boolean {
  const { maxConnections } = group.settings;
  if (maxConnections > 0 && group.connections >= maxConnections) return false;
  if (state.group) state.group.connections--;
  else socket.once("close", () => state.group && state.group.connections--);
  group.connections++;
  state.group = group;
  return true;
}

interface StatefulSocket extends Duplex {
  [STATE]?: ConnectionState;
}

/** The state of a socket's connection. */
export function connectionState(socket: Duplex): ConnectionState {
  return ((socket as StatefulSocket)[STATE] ??= new ConnectionState());
}
