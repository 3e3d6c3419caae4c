// One pool's queue in the in-memory broker: what a JetStream work-queue stream with one pull consumer
// does, as far as the protocol sees it.
//
//   waiting ──pull──> delivered ──acknowledged──> gone
//      ^                  │
//      └── ack wait over ─┘   (in front of all others, flagged)
//   waiting, delivered ──removed──> gone
//
// What is delivered and not acknowledged counts against the limit, as it does in JetStream.

import type { CancelTimer, Clock } from "@penstock/foundation";
import { ACK_WAIT_MS } from "./limits.ts";

/** Takes what a pull brings. */
export interface Puller {
  give(sequence: number, message: Uint8Array, redelivered: boolean): void;
  unanswered(count: number): void;
}

interface Message {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  delivered: boolean;
  stopWaiting: CancelTimer | undefined;
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
  readonly #messages = new Map<number, Message>();
  #redeliveries: Message[] = [];
  #waiting: Message[] = [];
  #pulls: Pull[] = [];
  #lastSequence = 0;

  constructor(clock: Clock, limit: number, pullExpiresMs: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#pullExpiresMs = pullExpiresMs;
  }

  /** Waiting and delivered messages. */
  get depth(): number {
    return this.#messages.size;
  }

  get openPulls(): number {
    return this.#pulls.length;
  }

  /** The message's sequence number, or undefined when the queue is full. */
  put(bytes: Uint8Array): number | undefined {
    if (this.#messages.size >= this.#limit) return undefined;
    const sequence = ++this.#lastSequence;
    const message: Message = { sequence, bytes, delivered: false, stopWaiting: undefined };
    this.#messages.set(sequence, message);
    this.#waiting.push(message);
    this.#serve();
    return sequence;
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

  /** Takes a message out, whether it waits, was delivered, or is gone already. */
  remove(sequence: number): void {
    const message = this.#messages.get(sequence);
    if (!message) return;
    message.stopWaiting?.();
    this.#messages.delete(sequence);
    const others = (other: Message): boolean => other !== message;
    this.#waiting = this.#waiting.filter(others);
    this.#redeliveries = this.#redeliveries.filter(others);
  }

  /** The queue is deleted: open pulls end unanswered, what waits is lost. */
  close(): void {
    const pulls = this.#pulls;
    this.#pulls = [];
    for (const pull of pulls) {
      pull.stopExpiry();
      pull.puller.unanswered(pull.left);
    }
    for (const sequence of this.#messages.keys()) this.remove(sequence);
  }

  #serve(): void {
    for (let pull = this.#pulls[0]; pull; pull = this.#pulls[0]) {
      const message = this.#redeliveries.shift() ?? this.#waiting.shift();
      if (!message) return;
      this.#pulls.shift();
      if (--pull.left > 0) this.#pulls.push(pull);
      else pull.stopExpiry();
      this.#deliver(message, pull.puller);
    }
  }

  #deliver(message: Message, puller: Puller): void {
    message.stopWaiting = this.#clock.after(ACK_WAIT_MS, () => {
      this.#redeliveries.push(message);
      this.#serve();
    });
    puller.give(message.sequence, message.bytes, message.delivered);
    message.delivered = true;
  }
}
