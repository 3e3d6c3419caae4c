// Whether a request may enter its pool's queue, from what the listener knows without asking anybody.
//
//   listener shutting down        AppShutdown
//   pool disabled by an operator  Disabled
//   pool offline (rapid fail)     AppOffline
//   queueLength requests wait     QueueFull     (this listener's own; the stream counts all listeners')

import type { ReasonPhrase } from "@penstock/domain";
import type { PoolQueue } from "./pool-queue.ts";

/** A refusal before the queue. */
export interface AdmissionRefusal {
  readonly reason: ReasonPhrase;
  readonly detail: string;
}

const SHUTDOWN: AdmissionRefusal = { reason: "AppShutdown", detail: "" };
const FULL: AdmissionRefusal = { reason: "QueueFull", detail: "" };

/** Undefined when the request may wait in the queue. */
export function admit(pool: PoolQueue, draining: boolean): AdmissionRefusal | undefined {
  if (draining) return SHUTDOWN;
  if (pool.state.state === "disabled") return { reason: "Disabled", detail: pool.state.detail };
  if (pool.state.state === "offline") return { reason: "AppOffline", detail: pool.state.detail };
  if (pool.waiting.size >= pool.route.queueLength) return FULL;
  return undefined;
}
