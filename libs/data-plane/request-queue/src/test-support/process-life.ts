// What a process is besides its code: its timers, the ends of its turns, its connection. It can stand
// still, as under SIGSTOP or a long garbage collection, and it can be gone.

import type { CancelTimer, Clock } from "@penstock/foundation";
import type { Channel } from "../channel-scheduler.ts";
import type { InMemoryConnection } from "../in-memory-connection.ts";

/** A process of a test, as its clock. */
export class ProcessLife implements Clock {
  readonly turns: Channel;
  readonly connection: InMemoryConnection;
  state: "running" | "frozen" | "gone" = "running";
  readonly #world: Clock;
  #overdue: (() => void)[] = [];

  constructor(world: Clock, turns: Channel, connection: InMemoryConnection) {
    this.#world = world;
    this.turns = turns;
    this.connection = connection;
  }

  now(): number {
    return this.#world.now();
  }

  after(delayMs: number, run: () => void): CancelTimer {
    return this.#world.after(delayMs, () => {
      if (this.state === "running") run();
      else if (this.state === "frozen") this.#overdue.push(run);
    });
  }

  /** Stands still; its connection stays open. */
  freeze(): void {
    if (this.state === "running") this.state = "frozen";
  }

  /** Goes on: what its sockets hold comes before the timers that are overdue. */
  thaw(): void {
    if (this.state !== "frozen") return;
    this.state = "running";
    for (const run of this.#overdue.splice(0)) this.turns.push(run);
  }

  /** Is gone, without a word. */
  crash(): void {
    this.state = "gone";
    this.#overdue = [];
    this.turns.clear();
    this.connection.end();
  }
}
