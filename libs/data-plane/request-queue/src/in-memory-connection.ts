// A connection to the in-memory broker: one channel each way, and what both ends believe about it. They
// do not learn of a break at the same time: the broker knows at once, the client when the event reaches
// it, and whatever it sends until then is lost.

import type { Channel, ChannelScheduler } from "./channel-scheduler.ts";

/** What a connection calls at its client. */
export interface ConnectionWatcher {
  disconnected(): void;
  reconnected(brokerRestarted: boolean): void;
}

/** What a connection needs of its broker. */
export interface ConnectionParts {
  readonly scheduler: ChannelScheduler;
  /** Counts the broker's starts. */
  readonly generation: () => number;
  /** The broker forgets what this connection subscribed to and pulls. */
  readonly gone: () => void;
  /** Takes what a callback threw. */
  readonly failed: (thrown: unknown) => void;
}

/** One client's connection. */
export class InMemoryConnection {
  /** What the client believes. */
  connected = true;
  watcher: ConnectionWatcher | undefined;
  readonly #parts: ConnectionParts;
  readonly #toBroker: Channel;
  readonly #toClient: Channel;
  #live = true;
  #ended = false;
  #session = 0;
  #clientSession = 0;
  #knownGeneration: number;

  constructor(name: string, parts: ConnectionParts) {
    this.#parts = parts;
    this.#toBroker = parts.scheduler.channel(`${name} to broker`);
    this.#toClient = parts.scheduler.channel(`broker to ${name}`);
    this.#knownGeneration = parts.generation();
  }

  /** True while the broker can reach the client. */
  get live(): boolean {
    return this.#live;
  }

  /** Messages on their way to the broker. */
  get underWay(): number {
    return this.#toBroker.size;
  }

  /** From the client to the broker. Lost when the connection is broken, whether or not the client knows. */
  send(run: () => void): void {
    if (this.open) this.#toBroker.push(run);
  }

  /** From the broker to the client. What it throws ends nothing. */
  deliver(run: () => void): void {
    if (!this.#live) return;
    this.#toClient.push(() => this.#call(run));
  }

  /** True while it is open and both ends know that. */
  get open(): boolean {
    return this.connected && this.#live && this.#clientSession === this.#session;
  }

  /** The number of the connection that is open, or was open last: what belonged to another is void. */
  get session(): number {
    return this.#session;
  }

  /** Breaks the connection: what is under way is lost. */
  break(): void {
    if (!this.#live) return;
    this.#cut();
    this.#toClient.push(() => {
      this.connected = false;
      this.#call(() => this.watcher?.disconnected());
    });
  }

  /** The client is connected again. */
  restore(): void {
    if (this.#live || this.#ended) return;
    this.#live = true;
    const session = ++this.#session;
    this.#toClient.push(() => {
      const restarted = this.#knownGeneration !== this.#parts.generation();
      this.#knownGeneration = this.#parts.generation();
      this.#clientSession = session;
      this.connected = true;
      this.#call(() => this.watcher?.reconnected(restarted));
    });
  }

  /** The client's process is gone: nobody is told, and it does not come back. */
  end(): void {
    this.#ended = true;
    this.#cut();
  }

  #cut(): void {
    this.#live = false;
    this.#toBroker.clear();
    this.#toClient.clear();
    this.#parts.gone();
  }

  #call(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#parts.failed(thrown);
    }
  }
}
