// A WebSocket client of the tests: what it got is kept, and its end is awaited.

import { once } from "node:events";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";

/** How a WebSocket was closed. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** What `ws` sets for its own. */
const OPTIONS = { autoPong: true, closeTimeout: 30_000 };

type SetSocket = (stream: Duplex, head: Buffer, options: { maxPayload: number }) => void;

/** A WebSocket whose messages are all kept until they are taken. */
export class TestSocket implements Disposable {
  readonly socket: WebSocket;
  readonly closing: Promise<Closing>;
  readonly #messages: Buffer[] = [];
  #arrived = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (message) => {
      this.#messages.push(message as Buffer);
      this.#arrived.resolve();
    });
    socket.on("error", () => {});
    this.closing = new Promise((resolve) =>
      socket.once("close", (code, reason) => resolve({ code, reason: String(reason) })),
    );
  }

  /** Opens one. Rejects with the answer's status when it is not 101. */
  static async open(url: string): Promise<TestSocket> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const opened = new TestSocket(socket);
    await once(socket, "open");
    return opened;
  }

  /** One on a stream whose handshake is done: what `ws` does with the socket of its own. */
  static over(stream: Duplex): TestSocket {
    const socket = Object.assign(
      new WebSocket(null as unknown as string, undefined, OPTIONS as object),
      { _isServer: false },
    );
    const opened = new TestSocket(socket);
    const inner = socket as WebSocket & { setSocket?: SetSocket };
    inner.setSocket?.(stream, Buffer.alloc(0), { maxPayload: 0 });
    return opened;
  }

  /** The next message. */
  async next(): Promise<Buffer> {
    while (this.#messages.length === 0) {
      this.#arrived = Promise.withResolvers<void>();
      await this.#arrived.promise;
    }
    return this.#messages.shift() ?? Buffer.alloc(0);
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}
