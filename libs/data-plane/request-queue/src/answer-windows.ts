// How much of its answer may be under way to a client: little until it has shown that it reads, so that clients
// that do not read, however many, hold little memory. Those that read much share what is there.

import type { Exchange } from "./exchange.ts";
import { BODY_WINDOW, FIRST_WINDOW, WIDENED_MAX, WINDOW_GROWS_AFTER } from "./limits.ts";

/** What widening adds to a window. */
const WIDENING = BODY_WINDOW - FIRST_WINDOW;

/** The windows of all answers of a listener. */
export class AnswerWindows {
  /** Bytes by which windows are widened now, all together. */
  #widened = 0;

  /** Notes what is about to be credited. Returns by how much the window is widened with it. */
  widen(exchange: Exchange): number {
    exchange.answerConsumed += exchange.creditDue;
    if (exchange.answerWindow === BODY_WINDOW || exchange.answerConsumed < WINDOW_GROWS_AFTER)
      return 0;
    if (this.#widened + WIDENING > WIDENED_MAX) return 0;
    this.#widened += WIDENING;
    exchange.answerWindow = BODY_WINDOW;
    return WIDENING;
  }

  /** The exchange is over. */
  close(exchange: Exchange): void {
    if (exchange.answerWindow === FIRST_WINDOW) return;
    this.#widened -= WIDENING;
    exchange.answerWindow = FIRST_WINDOW;
  }
}
