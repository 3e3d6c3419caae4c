// Closing a connection whose client may still be sending (RFC 9112 §9.6): a socket that is closed with bytes
// unread is reset, and the reset can overtake the answer. So only our side ends; what still comes is read
// and forgotten until the client has closed too, or a time limit passed.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { connectionState } from "./connection-state.ts";
import { Http2Request } from "./http2/http2-request.ts";

/** How long a client that was refused may go on sending, milliseconds. */
export const LINGER_MS = 5000;

/** How a connection is closed. */
export interface LingerHow {
  /** What is said before our side ends. */
  readonly last?: string;
  /** The client went on for longer than the limit: it was cut off. */
  readonly expired?: () => void;
}

/** Ends our side and discards the client's; for ever when the limit is 0. */
export function closeLingering(
  socket: Duplex,
  limitMs: number,
  { last = "", expired }: LingerHow = {},
): void {
  connectionState(socket).closing = true;
  if (limitMs > 0) {
    const timer = setTimeout(() => {
      expired?.();
      socket.destroy();
    }, limitMs).unref();
    socket.once("close", () => clearTimeout(timer));
  }
  socket.end(last);
  socket.resume();
}

/** What node:http calls on a socket once its last answer is written. */
interface ClosableSocket extends Duplex {
  destroySoon?: () => void;
}

/**
 * From now on no request is taken from this request's connection, and after the answer that is due it closes so.
 * Of HTTP/2 a stream ends, and its connection goes on.
 */
export function lingerAfterAnswer(
  request: IncomingMessage,
  limitMs: number,
  expired?: () => void,
): void {
  if (request instanceof Http2Request) return;
  const socket: ClosableSocket = request.socket;
  connectionState(socket).last = true;
  socket.destroySoon = () => closeLingering(socket, limitMs, expired && { expired });
}
