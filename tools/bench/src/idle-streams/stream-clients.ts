// Clients that hold event streams open, in this process: plain sockets that ask once and then only listen. They
// come from several loopback addresses, so that the ports of one address do not run out.

import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Connections that are made at one time. */
const WAVE = 100;

/** Streams from one address: far below the ports that Linux gives out for one. */
const PER_ADDRESS = 5000;

/** How long all streams may take to open, or to hear an event, milliseconds. */
const LIMIT_MS = 60_000;

const LOOK_MS = 50;

/** Open streams. Disposing closes them. */
export class StreamClients implements AsyncDisposable {
  readonly #sockets: Socket[] = [];
  #first = 0;
  #last = 0;
  #broken = 0;

  /** Streams that had their first event. */
  get open(): number {
    return this.#first;
  }

  /** Streams that had the event that was sent to all. */
  get reached(): number {
    return this.#last;
  }

  /** Streams that were refused, or ended. */
  get broken(): number {
    return this.#broken;
  }

  /** Opens so many streams, a wave at a time, and waits until each had its first event or was refused. */
  async openAll(port: number, count: number): Promise<void> {
    const latest = performance.now() + LIMIT_MS;
    for (let begun = 0; begun < count;) {
      const wave = Math.min(WAVE, count - begun);
      for (let n = 0; n < wave; n++) this.#open(port, begun + n);
      begun += wave;
      // The next wave when at most one is under way: accept queues stay short.
      await this.#until(latest, () => this.#first + this.#broken >= begun - WAVE, 1);
    }
    await this.#until(latest, () => this.#first + this.#broken >= count, LOOK_MS);
  }

  /** Waits until the event that was sent to all reached all that are open. */
  async untilReached(): Promise<void> {
    const latest = performance.now() + LIMIT_MS;
    await this.#until(latest, () => this.#last + this.#broken >= this.#sockets.length, 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          if (socket.closed) return resolve();
          socket.once("close", () => resolve());
          socket.destroy();
        }),
    );
    await Promise.all(closed);
  }

  #open(port: number, index: number): void {
    const localAddress = `127.0.0.${2 + Math.floor(index / PER_ADDRESS)}`;
    const socket = connect({ host: "127.0.0.1", port, localAddress });
    let heard = "";
    let over = false;
    this.#sockets.push(socket);
    socket.setEncoding("latin1");
    socket.write(
      `GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`,
    );
    socket.on("data", (text: string) => {
      const before = heard;
      heard += text;
      if (!before.includes("data: first") && heard.includes("data: first")) this.#first++;
      if (!before.includes("data: last") && heard.includes("data: last")) this.#last++;
    });
    const end = (): void => {
      if (!over) this.#broken++;
      over = true;
      socket.destroy();
    };
    socket.on("error", end);
    socket.on("end", end);
  }

  async #until(latest: number, reached: () => boolean, lookMs: number): Promise<void> {
    while (!reached() && performance.now() < latest) await pause(lookMs);
  }
}
