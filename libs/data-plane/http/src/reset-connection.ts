// Breaks a connection off, so that its other end cannot take what it got for all there was.

import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Resets a TCP connection at once, whatever waits to be sent; destroys any other. */
export function resetConnection(connection: Duplex, error?: Error): void {
  // Behind TLS there is no reset to be had: it is the missing closing alert that tells.
  if (!(connection instanceof Socket) || "encrypted" in connection) {
    connection.destroy(error);
  } else if (connection.writableLength === 0) {
    // A reset in the middle of a shutdown is refused by the system, and Node would leave the connection open.
    if (connection.writableEnded && !connection.writableFinished)
      connection.once("finish", () => connection.resetAndDestroy());
    else connection.resetAndDestroy();
  } else {
    // Node's resetAndDestroy would first wait for an end that may not read; this is the flag that it sets.
    Object.assign(connection, { resetAndClosing: true }).destroy();
  }
}
