// A connection of HTTP/1.1 whose client asked to leave it (RFC 9110 §7.8): 101 opens the tunnel, which is then all of
// the connection.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { resetConnection } from "../reset-connection.ts";
import { closeLingering, LINGER_MS } from "./lingering-close.ts";
import { protocolsOf } from "./may-upgrade.ts";
import { switchingFields } from "./switching-fields.ts";
import type { ClientConnection } from "./upgrade-exchange.ts";

/** 101 Switching Protocols. */
const SWITCHING = 101;

/** The client's end of a tunnel that is a connection of its own. */
export class UpgradedSocket implements ClientConnection {
  readonly bytes: Socket;
  readonly early: Buffer;
  /** Without an answer, a client that sends no more has left: so it is for every request (node:http's rule). */
  readonly halfCloses = false;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  /** `early`: what its client sent right behind its request. */
  constructor(request: IncomingMessage, response: ServerResponse, socket: Socket, early: Buffer) {
    this.#request = request;
    this.#response = response;
    this.bytes = socket;
    this.early = early;
  }

  get gone(): boolean {
    return this.bytes.destroyed;
  }

  takes(): boolean {
    return true;
  }

  open(lines: readonly string[]): boolean {
    const switching = switchingFields(lines, protocolsOf(this.#request.headers.upgrade));
    if (!switching) return false;
    const response = this.#response;
    const fields = ["Connection", "Upgrade", "Upgrade", switching.chosen, ...switching.fields];
    try {
      response.sendDate = false;
      if (lines[0]) response.writeHead(SWITCHING, lines[0], fields);
      else response.writeHead(SWITCHING, fields);
    } catch {
      return false;
    }
    response.flushHeaders();
    response.detachSocket(this.bytes);
    return true;
  }

  close(): void {
    if (!this.bytes.destroyed) closeLingering(this.bytes, LINGER_MS);
  }

  reset(): void {
    resetConnection(this.bytes);
  }
}
