// A stream whose client opens a WebSocket on it (RFC 8441 §5): 200 opens the tunnel, END_STREAM is a FIN, and
// RST_STREAM with CANCEL is a reset.

import { constants } from "node:http2";
import type { Duplex } from "node:stream";
import { LINGER_MS } from "../lingering-close.ts";
import { switchingFields } from "../switching-fields.ts";
import type { ClientConnection } from "../upgrade-exchange.ts";
import type { Http2Response } from "./http2-response.ts";
import { openingFields, WEBSOCKET } from "./websocket-handshake.ts";

/** The client's end of a tunnel that is one stream of its connection. */
export class ConnectStream implements ClientConnection {
  readonly bytes: Duplex;
  readonly early = Buffer.alloc(0);
  /** A client that leaves resets its stream; the end of its half says no more than that. */
  readonly halfCloses = true;
  readonly #response: Http2Response;
  readonly #key: string;

  /** `key`: that of the handshake that the application got. */
  constructor(response: Http2Response, key: string) {
    this.bytes = response.stream;
    this.#response = response;
    this.#key = key;
  }

  /** node:http2 reads a stream that was reset to its end. */
  get gone(): boolean {
    const { aborted, destroyed } = this.#response.stream;
    return aborted || destroyed;
  }

  /** Any 2xx would open the tunnel (RFC 9110 §9.3.6). */
  takes(status: number): boolean {
    return status < 200 || status > 299;
  }

  open(lines: readonly string[]): boolean {
    const switching = switchingFields(lines, [WEBSOCKET]);
    const fields = switching && openingFields(switching.fields, this.#key);
    if (!fields) return false;
    try {
      this.#response.openTunnel(fields);
    } catch {
      return false;
    }
    return true;
  }

  close(): void {
    const { stream } = this.#response;
    stream.end();
    // What still comes is read and forgotten, until its client ends too.
    stream.resume();
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), LINGER_MS).unref();
    stream.once("close", () => clearTimeout(timer));
  }

  reset(): void {
    this.#response.stream.close(constants.NGHTTP2_CANCEL);
  }
}
