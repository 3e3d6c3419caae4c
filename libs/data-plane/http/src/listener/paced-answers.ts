// Answers of a URL group that has a `maxBandwidth`: bodies go out in turns, each answer a slice, as fast as the
// group may send. What waits here is not credited, so that applications are slowed down and little waits.

import type { Clock } from "@penstock/foundation";

/** Between two turns, milliseconds. */
const TURN_MS = 50;

/** An answer under way. */
export interface PacedAnswer {
  /** Its client is gone: nothing more of it is sent. */
  readonly over: boolean;
  writeNow(bytes: Buffer): void;
  endNow(): void;
}

interface Waiting {
  readonly parts: Buffer[];
  ended: boolean;
}

/** The answers of one group that wait for their turn. */
export class PacedAnswers {
  readonly #clock: Clock;
  /** Bytes a second. */
  readonly #rate: () => number;
  readonly #waiting = new Map<PacedAnswer, Waiting>();
  /** True while a turn is due. */
  #armed = false;
  /** Bytes that may still be sent in this turn. */
  #allowance = 0;

  constructor(clock: Clock, rate: () => number) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** Whether something of an answer waits: what follows must wait behind it. */
  holds(answer: PacedAnswer): boolean {
    return this.#waiting.has(answer);
  }

  /** Sends bytes of an answer when it is their turn. */
  write(answer: PacedAnswer, bytes: Buffer): void {
    this.#of(answer).parts.push(bytes);
  }

  /** Ends an answer behind its bytes. */
  end(answer: PacedAnswer): void {
    this.#of(answer).ended = true;
  }

  #of(answer: PacedAnswer): Waiting {
    let waiting = this.#waiting.get(answer);
    if (!waiting) this.#waiting.set(answer, (waiting = { parts: [], ended: false }));
    this.#arm();
    return waiting;
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#clock.after(TURN_MS, () => this.#turn());
  }

  #turn(): void {
    this.#armed = false;
    const rate = this.#rate();
    // The limit may have been taken back meanwhile.
    this.#allowance = rate === 0 ? Infinity : Math.max(1, Math.floor((rate * TURN_MS) / 1000));
    while (this.#allowance > 0 && this.#waiting.size > 0) {
      const slice = Math.max(1, Math.floor(this.#allowance / this.#waiting.size));
      for (const [answer, waiting] of Array.from(this.#waiting))
        this.#serve(answer, waiting, slice);
    }
    if (this.#waiting.size > 0) this.#arm();
  }

  #serve(answer: PacedAnswer, { parts, ended }: Waiting, slice: number): void {
    const [part] = parts;
    if (answer.over || (!part && ended)) {
      this.#waiting.delete(answer);
      if (!answer.over) answer.endNow();
      return;
    }
    if (!part) {
      this.#waiting.delete(answer);
      return;
    }
    const bytes = part.subarray(0, Math.min(slice, this.#allowance));
    if (bytes.length === part.length) parts.shift();
    else parts[0] = part.subarray(bytes.length);
    this.#allowance -= bytes.length;
    if (bytes.length > 0) answer.writeNow(bytes);
  }
}
