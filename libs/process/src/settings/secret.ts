// A value that must not be shown. It travels through settings like any other and gives itself away
// nowhere: not in a log line, not in an error, not in a dump of the settings that hold it.

import { inspect } from "node:util";

const mask = "***";

/** Text that shows as `***` wherever it is printed. {@link Secret.reveal} is the one way to the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it at the place of use, never to keep the result. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [inspect.custom](): string {
    return mask;
  }
}
