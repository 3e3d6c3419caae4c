// What happens to requests at a listener, told to whoever counts and logs. Called on the hot path: an
// implementation does no more than move a number.

import type { ReasonPhrase } from "@penstock/domain";
import type { PoolQueue } from "./pool-queue.ts";

/** How far a request had come when its client left: in its queue, with a worker, or its answer under way. */
export type LeavePhase = "queued" | "assigned" | "response";

/** How a tunnel ended: both ends closed it, its client or its application broke it off, its worker or this process went. */
export type TunnelEnd = "closed" | "client" | "application" | "worker" | "shutdown";

/** The facts that the dispatch protocol reports. */
export interface DispatchObserver {
  /** A request was admitted to its pool's queue, or moved there. However often it goes out, once. */
  enqueued(pool: PoolQueue): void;
  /** A worker took a request that had waited so long. */
  claimed(pool: PoolQueue, waitedMs: number): void;
  /** Penstock refused a request, or gave its client up. */
  rejected(pool: PoolQueue, reason: ReasonPhrase, detail: string): void;
  /** A client left before its answer was complete. Told besides the refusal. */
  left(pool: PoolQueue, phase: LeavePhase): void;
  /** A request goes out again because its worker was lost. */
  redispatched(pool: PoolQueue, detail: string): void;
  /** An answer broke off after its header: the client's connection was cut. */
  brokenOff(pool: PoolQueue, detail: string): void;
  /** A client and its application left HTTP: from now on their connection is a tunnel. */
  tunnelOpened(pool: PoolQueue): void;
  /** A tunnel is over. Nothing of it is told as an answer that broke off, or as a client that left. */
  tunnelClosed(pool: PoolQueue, end: TunnelEnd, detail: string): void;
  /** Waiting or running changed. */
  loadChanged(pool: PoolQueue): void;
  /** A worker spoke of a request that it does not hold: late, refused, or made up. */
  ignored(pool: string): void;
  /** A worker said what the protocol does not allow; it was ignored. */
  misbehaved(pool: string, worker: string, what: string): void;
}
