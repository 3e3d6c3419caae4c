// An answer on its way into an exchange: keeps the order head, body, end; joins what is ready into few
// messages; stops while the exchange's window is closed. What waits here waits in the application's own
// memory, which learns of it because `sent` is not called.

import type { ResponseHead, WorkerExchange } from "@penstock/request-queue";

/**
 * Most bytes handed over at once, 128 KiB. A larger body goes out in steps, so that one huge write of an
 * application does not pass the window as a whole.
 */
const stepMax = 131_072;

/** Writes one answer to one exchange. After `end`, `reset` or `cancel` nothing goes out any more. */
export class AnswerWriter {
  /** True once the exchange takes nothing more from here. */
  over = false;
  /** The answer is complete but for its end, which waits for {@link releaseEnd}. */
  endHeld = false;

  readonly #exchange: WorkerExchange;
  #head: ResponseHead | undefined;
  #pieces: Uint8Array[] = [];
  #trailers: readonly string[] | undefined;
  #begun = false;
  #open = true;
  #advancing = false;
  #sent: (() => void) | undefined;

  constructor(exchange: WorkerExchange) {
    this.#exchange = exchange;
  }

  /** True once there is a head: the answer can only go on or break off. */
  get started(): boolean {
    return this.#begun;
  }

  /** The head goes out with the next {@link send}; further calls do nothing. */
  start(head: ResponseHead): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#head = head;
  }

  /** The next {@link send} is the last, with these trailers. `hold` keeps the end itself back. */
  finish(trailers: readonly string[], hold = false): void {
    this.#trailers = trailers;
    this.endHeld = hold;
  }

  /** Sends these bytes. `sent` is called when they are out and more may come; at once, or after `window`. */
  send(pieces: Uint8Array[], sent?: () => void): void {
    this.#pieces = this.#pieces.length === 0 ? pieces : [...this.#pieces, ...pieces];
    this.#sent = sent;
    this.#advance();
  }

  /** The end that was held back goes out. */
  releaseEnd(): void {
    if (!this.endHeld) return;
    this.endHeld = false;
    this.#advance();
  }

  /** The exchange's window is open again. */
  window(): void {
    this.#open = true;
    this.#advance();
  }

  /** Breaks the answer off. */
  reset(detail: string): void {
    if (this.over) return;
    this.#close();
    this.#exchange.reset(detail);
  }

  /** The other side broke it off. */
  cancel(): void {
    this.#close();
  }

  #advance(): void {
    // A window that opens while a write is under way is seen by the loop below.
    if (this.over || this.#advancing) return;
    this.#advancing = true;
    if (this.#head !== undefined) this.#respond(this.#head);
    while (this.#open && this.#pieces.length > 0 && !this.over) {
      this.#open = false;
      if (this.#exchange.write(this.#takeStep())) this.#open = true;
    }
    this.#advancing = false;
    if (this.over || this.#pieces.length > 0) return;
    if (this.#trailers !== undefined && !this.endHeld) {
      this.over = true;
      this.#exchange.end(this.#trailers);
    } else if (!this.#open && this.#trailers === undefined) return;
    this.#reportSent();
  }

  #respond(head: ResponseHead): void {
    this.#head = undefined;
    const body = this.#pieces.length === 0 ? undefined : this.#takeStep();
    const whole = this.#trailers?.length === 0 && this.#pieces.length === 0 && !this.endHeld;
    this.over = whole;
    this.#exchange.respond(head, body, whole);
    if (whole) this.#reportSent();
  }

  /** The next bytes to hand over: small neighbours joined, a large piece cut. */
  #takeStep(): Uint8Array {
    const first = this.#pieces[0] as Uint8Array;
    if (first.length > stepMax) {
      this.#pieces[0] = first.subarray(stepMax);
      return first.subarray(0, stepMax);
    }
    if (this.#pieces.length === 1) {
      this.#pieces = [];
      return first;
    }
    let count = 1;
    let size = first.length;
    for (; count < this.#pieces.length; count++) {
      const next = size + (this.#pieces[count] as Uint8Array).length;
      if (next > stepMax) break;
      size = next;
    }
    const step = this.#pieces.splice(0, count);
    return count === 1 ? first : Buffer.concat(step, size);
  }

  #reportSent(): void {
    const sent = this.#sent;
    this.#sent = undefined;
    sent?.();
  }

  #close(): void {
    this.over = true;
    this.endHeld = false;
    this.#pieces = [];
    this.#head = undefined;
    this.#sent = undefined;
  }
}
