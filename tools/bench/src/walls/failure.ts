// The end of a program whose measurement is spoiled: by a right that is missing, or a message that nobody
// understands.

import { describeError } from "@penstock/foundation";

/** Says what went wrong and ends the process. */
export function fail(what: string, cause: unknown): never {
  process.stderr.write(`${what}: ${describeError(cause)}\n`);
  process.exit(1);
}
