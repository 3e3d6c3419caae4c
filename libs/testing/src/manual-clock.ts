// A clock that stands still until a test moves it. Timers fire in order of their due time, then of
// their creation, as the event loop would fire them.

import type { CancelTimer, Clock } from "@penstock/foundation";

interface Timer {
  readonly dueAt: number;
  readonly order: number;
  readonly run: () => void;
}

/** A {@link Clock} that a test moves by hand. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  #timers: Timer[] = [];

  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer = { dueAt: this.#now + delayMs, order: this.#order++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves time forward and fires what falls due on the way, each at its own time. */
  advance(byMs: number): void {
    const until = this.#now + byMs;
    for (let next = this.#nextDue(until); next; next = this.#nextDue(until)) {
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.run();
    }
    this.#now = until;
  }

  /** How many timers wait: zero after a test that leaks none. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  #nextDue(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt > until) continue;
      if (
        !next ||
        timer.dueAt < next.dueAt ||
        (timer.dueAt === next.dueAt && timer.order < next.order)
      )
        next = timer;
    }
    return next;
  }
}
