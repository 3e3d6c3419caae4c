// What the end of a client's side of its connection means while a request of it is in hand. A client that has left and
// one that only has nothing more to say send the same FIN; when it comes tells them apart.
//
//   right behind its request    it said all that it had to say: its answer may take a moment
//   later, or in its answer     it does not wait any longer: it has left
//
// Where both sides end together (TLS), and where nothing is in hand, node:http has closed the connection already.

import type { Socket } from "node:net";
import type { Clock } from "@penstock/foundation";
import { connectionState } from "./connection-state.ts";

/** Between a request and the end that belongs to it, milliseconds: both were sent at once. */
export const RIGHT_BEHIND_MS = 10;

/**
 * How long the answer to a client that ended its side may take, milliseconds. It may as well have left, and its
 * application is to hear of that before it has done much for nobody.
 */
export const ANSWER_MS = 200;

/** Listens for a client's end. Its server leaves its own side open (`httpAllowHalfOpen`). */
export function heedClientEnd(socket: Socket, clock: Clock): void {
  socket.once("end", () => {
    const { exchange } = connectionState(socket);
    // In a tunnel each side has an end of its own.
    if (!exchange || exchange.state === "done" || exchange.asksUpgrade) return;
    const { admittedAt, response } = exchange;
    const waited = admittedAt > 0 && clock.now() - admittedAt > RIGHT_BEHIND_MS;
    if (waited || response.headersSent) {
      socket.destroy();
      return;
    }
    response.shouldKeepAlive = false;
    socket.once(
      "close",
      clock.after(ANSWER_MS, () => socket.destroy()),
    );
  });
}
