// Whether the application behind a port is still there. Asked when a request failed: an application that broke
// off one request and goes on is one thing, one that is gone another.

import { setTimeout as delay } from "node:timers/promises";
import { acceptingAddress } from "./loopback-port.ts";

/**
 * A process that is being ended closes its connections one by one, and what it listens on somewhere in between:
 * who still accepts is looked at once more after this time, milliseconds.
 */
const SECOND_LOOK_MS = 100;

/** An application that was there. */
export class PresentApplication {
  /** True once it was found gone. */
  over = false;
  readonly #port: number;
  readonly #gone: () => void;

  constructor(port: number, gone: () => void) {
    this.#port = port;
    this.#gone = gone;
  }

  /** Looks, and tells the first time that it is gone. */
  async isGone(): Promise<boolean> {
    if (await this.#accepts()) {
      await delay(SECOND_LOOK_MS);
      if (await this.#accepts()) return false;
    }
    // Several requests fail together.
    if (!this.over) this.#gone();
    this.over = true;
    return true;
  }

  async #accepts(): Promise<boolean> {
    return !this.over && (await acceptingAddress(this.#port)) !== undefined;
  }
}
