// A WebSocket client of the tests: what it got is kept, and its end is awaited.

import { once } from "node:events";
import { WebSocket } from "ws";

/** How a WebSocket was closed. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

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
