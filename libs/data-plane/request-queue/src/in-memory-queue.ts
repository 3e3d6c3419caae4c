// One pool's queue in the in-memory broker: what a JetStream stream with one pull consumer that needs no
// acknowledgements does, as far as the protocol sees it. A message waits until a pull takes it.

import type { CancelTimer, Clock } from "@penstock/foundation";
import type { WaitingMessage } from "./transport.ts";

/** Takes what a pull brings. */
export interface Puller {
  give(message: Uint8Array): void;
  unanswered(count: number): void;
}

interface Message {
  readonly publisher: string;
  readonly bytes: Uint8Array;
}

interface Pull {
  readonly puller: Puller;
  left: number;
  readonly stopExpiry: CancelTimer;
}

/** A work queue. */
export class InMemoryQueue {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #pullExpiresMs: number;
  /** By sequence number, in order. */
  readonly #messages = new Map<number, Message>();
  #pulls: Pull[] = [];
  #lastSequence = 0;

  constructor(clock: Clock, limit: number, pullExpiresMs: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#pullExpiresMs = pullExpiresMs;
  }

  /** Waiting messages. */
  get depth(): number {
    return this.#messages.size;
  }

  get openPulls(): number {
    return this.#pulls.length;
  }

  /** The message's sequence number, or undefined when the queue is full. */
  put(publisher: string, bytes: Uint8Array): number | undefined {
    if (this.#messages.size >= this.#limit) return undefined;
    const sequence = ++this.#lastSequence;
    this.#messages.set(sequence, { publisher, bytes });
    this.#serve();
    return sequence;
  }

  /** The oldest message of a publisher with a number above `after`. */
  oldestOf(publisher: string, after: number): WaitingMessage | "none" {
    for (const [sequence, message] of this.#messages)
      if (sequence > after && message.publisher === publisher)
        return { sequence, envelope: message.bytes };
    return "none";
  }

  pull(puller: Puller, count: number): void {
    const stopExpiry = this.#clock.after(this.#pullExpiresMs, () => {
      this.#pulls = this.#pulls.filter((other) => other !== pull);
      puller.unanswered(pull.left);
    });
    const pull: Pull = { puller, left: count, stopExpiry };
    this.#pulls.push(pull);
    this.#serve();
  }

  /** Forgets what somebody asked for. */
  dropPulls(puller: Puller): void {
    this.#pulls = this.#pulls.filter((pull) => {
      if (pull.puller === puller) pull.stopExpiry();
      return pull.puller !== puller;
    });
  }

  /** Takes a message out, if it is there. */
  remove(sequence: number): void {
    this.#messages.delete(sequence);
  }

  /** The queue is deleted: open pulls end unanswered, what waits is lost. */
  close(): void {
    const pulls = this.#pulls;
    this.#pulls = [];
    for (const pull of pulls) {
      pull.stopExpiry();
      pull.puller.unanswered(pull.left);
    }
    this.#messages.clear();
  }

  #serve(): void {
    for (const [sequence, { bytes }] of this.#messages) {
      const pull = this.#pulls.shift();
      if (!pull) return;
      if (--pull.left > 0) this.#pulls.push(pull);
      else pull.stopExpiry();
      this.#messages.delete(sequence);
      pull.puller.give(bytes);
    }
  }
}
