// Whether the application behind a port is still there. Asked when a request failed: an application that broke
// off one request and goes on is one thing, one that is gone another.

import { acceptingAddress } from "./loopback-port.ts";

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
    if (this.over || (await acceptingAddress(this.#port)) !== undefined) return this.over;
    // Several requests fail together.
    if (!this.over) this.#gone();
    this.over = true;
    return true;
  }
}
