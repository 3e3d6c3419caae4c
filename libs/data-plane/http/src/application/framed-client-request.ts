// A request of node:http's client that is written as its fields say and as the client's client wrote it. Two things
// Node does that a forwarder may not: it adds a framing to a request without one, by its method, and it writes a
// head that leaves before its body as UTF-8.
/* oxlint-disable no-underscore-dangle -- Node calls it by this name */

import { ClientRequest } from "node:http";

type Send = (this: ClientRequest, data: unknown, encoding: unknown, ...rest: unknown[]) => boolean;

/** A request whose body, if its fields announce one, is written as bytes. */
export class FramedClientRequest extends ClientRequest {}

const genuine = ClientRequest.prototype as unknown as { readonly _send: Send };

Object.defineProperties(FramedClientRequest.prototype, {
  useChunkedEncodingByDefault: { get: () => false, set: () => {} },
  _send: {
    value: function sendLatin1(this: ClientRequest, data: unknown, encoding: unknown, ...rest) {
      return genuine._send.call(this, data, encoding ?? "latin1", ...rest);
    } satisfies Send,
  },
});
