// What every part of Penstock may use: invariants, errors, time, many things at once within a limit. No I/O, no dependency.

export { assert, AssertionFailure, exhaustive } from "./assert.ts";
export { systemClock, type CancelTimer, type Clock } from "./clock.ts";
export { mapLimited } from "./map-limited.ts";
export { describeError, ServiceError, type ServiceErrorFacts } from "./errors.ts";
