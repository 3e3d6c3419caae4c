// Connections to an application, kept from one request to the next: an agent for node:http's client that does
// nothing more. Node's own looks up names, counts and queues, which costs a small request a fifth of its forwarding;
// how many requests run at once is decided where they wait.
//
//   idle ──request──> busy ──answer and request complete──> idle        (the last used is the first taken)
//    │                  └── closed by either side, broken ──> gone
//    └── too long idle, ended or spoken on by the application, rest ──> gone

import { once } from "node:events";
import { Agent, type ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { CancelTimer, Clock } from "@penstock/foundation";

/**
 * How long an idle connection is kept, 1 s. Shorter than what servers have by default: one that closes a
 * connection just as a request is sent on it would cost that request its answer. A new connection over loopback
 * costs next to nothing.
 */
export const IDLE_CONNECTION_MS = 1000;

/** A connection, and how long it may be idle. */
interface KeptConnection {
  readonly socket: Socket;
  idle: boolean;
  /** Not to be used again. */
  last: boolean;
  idleUntil: number;
}

/** All kept connections to one application. */
export class KeptConnections extends Agent implements Disposable {
  readonly #connect: () => Socket;
  readonly #clock: Clock;
  readonly #open = new Set<KeptConnection>();
  #idle: KeptConnection[] = [];
  #armed = false;
  #cancelLook: CancelTimer = () => {};

  constructor(connect: () => Socket, clock: Clock) {
    super({ keepAlive: true });
    this.#connect = connect;
    this.#clock = clock;
  }

  /** Called by node:http's client for each request. */
  addRequest(request: ClientRequest): void {
    const kept = this.#takeIdle() ?? this.#add();
    kept.idle = false;
    request.onSocket(kept.socket);
  }

  /** Closes what is idle now, and what is busy when it becomes so; resolves when it is closed. */
  async rest(): Promise<void> {
    const closed = Array.from(this.#open, async (kept) => {
      kept.last = true;
      const gone = once(kept.socket, "close");
      if (kept.idle) kept.socket.destroy();
      await gone;
    });
    this.#idle = [];
    await Promise.all(closed);
  }

  [Symbol.dispose](): void {
    this.#cancelLook();
    for (const { socket } of this.#open) socket.destroy();
  }

  #takeIdle(): KeptConnection | undefined {
    for (let kept = this.#idle.pop(); kept; kept = this.#idle.pop()) {
      if (!kept.socket.destroyed && this.#clock.now() < kept.idleUntil) return kept;
      kept.socket.destroy();
    }
    return undefined;
  }

  #add(): KeptConnection {
    const socket = this.#connect();
    const kept: KeptConnection = { socket, idle: false, last: false, idleUntil: 0 };
    this.#open.add(kept);
    // Whoever's request it carries hears of it as well.
    socket.on("error", () => {});
    socket.once("close", () => this.#open.delete(kept));
    // Nobody asked: what an application says or ends between requests belongs to none.
    const unasked = (): void => void (kept.idle && socket.destroy());
    socket.on("data", unasked);
    socket.on("end", unasked);
    // By this node:http's client gives it back.
    socket.on("free", () => this.#free(kept));
    return kept;
  }

  #free(kept: KeptConnection): void {
    const { socket } = kept;
    if (kept.last || !socket.writable || socket.readableEnded) {
      socket.destroy();
      return;
    }
    kept.idle = true;
    kept.idleUntil = this.#clock.now() + IDLE_CONNECTION_MS;
    this.#idle.push(kept);
    this.#arm();
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#cancelLook = this.#clock.after(IDLE_CONNECTION_MS, () => this.#look());
  }

  #look(): void {
    this.#armed = false;
    const now = this.#clock.now();
    const kept = this.#idle.filter(({ idleUntil, socket }) => idleUntil > now && !socket.destroyed);
    for (const connection of this.#idle)
      if (connection.idleUntil <= now) connection.socket.destroy();
    this.#idle = kept;
    if (kept.length > 0) this.#arm();
  }
}
