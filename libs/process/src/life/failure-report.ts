// A failure as the person at the terminal reads it: what failed, why, what to do. No stack for a failure
// of the world, it says nothing about the world; a bug shows its stack, there it is the message.

import { inspect } from "node:util";

import { ServiceError } from "@penstock/foundation";

/** Chains are short; a longer one is a circle. */
const causesMax = 8;

/** The report, with its line end. `debug` adds the stacks. */
export function reportFailure(processName: string, failure: unknown, debug: boolean): string {
  if (!(failure instanceof ServiceError)) return `${processName}: ${inspect(failure)}\n`;
  const [, ...causes] = [...causeChain(failure)];
  const remedies = [...causeChain(failure)].map((link) =>
    link instanceof ServiceError ? link.remedy : undefined,
  );
  const remedy = remedies.find((text) => text !== undefined);
  return [
    `${processName}: ${failure.message}`,
    ...causes.map((cause) => `  because: ${describe(cause)}`),
    ...(remedy === undefined ? [] : [`  what to do: ${remedy}`]),
    ...(debug ? [inspect(failure)] : []),
    "",
  ].join("\n");
}

/** The failure, its cause, the cause's cause, … */
function* causeChain(failure: unknown): Generator {
  let link = failure;
  for (let length = 0; link !== undefined && length < causesMax; length++) {
    yield link;
    link = link instanceof Error ? link.cause : undefined;
  }
}

/** An AggregateError (a connection tried over IPv6 and IPv4) has no message of its own. */
function describe(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === "")
    return cause.errors.map(describe).join("; ");
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
