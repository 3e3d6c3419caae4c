// Names that requests carry: unique by a random prefix per process and a counter, because randomness per
// request would cost more than the rest of the head.

import { randomBytes } from "node:crypto";
import type { RequestNames } from "./request-text.ts";

const COUNTER_DIGITS = 16;

/** Names that no other process makes. */
export function createRequestNames(): RequestNames {
  const idPrefix = randomBytes(6).toString("hex");
  const tracePrefix = `00-${randomBytes(8).toString("hex")}`;
  let requests = 0;
  let traces = 0;
  return {
    requestId: () => `${idPrefix}-${(++requests).toString(36)}`,
    traceparent: () => {
      const count = (++traces).toString(16).padStart(COUNTER_DIGITS, "0");
      return `${tracePrefix}${count}-${count}-00`;
    },
  };
}
