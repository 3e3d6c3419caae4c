// What the workers of a pool have to carry, from views that lag: listeners report every 50 ms what waits and
// what runs, workers report what they have in hand. Adding numbers of different age would count a request
// twice that was just taken, or call for a worker because a drained one finished its last request a moment
// ago. So the views are never added:
//
//   listeners' view   waiting + running, where running
//                       - leaves out what draining workers have in hand: it ends there
//                       - is at most what ready and resting workers can hold: a request that runs is in
//                         somebody's hands, and when these are gone it waits again or is refused
//   workers' view     what workers have in hand that do not leave: one that rests may have been given a
//                     request just before
//   queue's view      1 when an arrival is signalled and nobody is ready
//
// The largest of the three counts: the error of keeping a worker a little longer is the cheaper one.

import { leaves, type ObservedPool } from "./observed-pool.ts";

/** The demand of a pool. */
export interface Demand {
  /** Requests that workers are needed for: what decisions count. */
  readonly requests: number;
  /** As listeners see it, for people. */
  readonly waiting: number;
  readonly running: number;
  /** True when the queue's own signal asks for a worker. */
  readonly signalled: boolean;
}

/** What the workers of a pool have to carry, each taking `concurrency` requests at once. */
export function demandOf(
  { workers, load, arrivedWithoutWorker }: ObservedPool,
  concurrency: number,
): Demand {
  let inHand = 0;
  let leaving = 0;
  let ready = 0;
  let resting = 0;
  for (const worker of workers) {
    if (leaves(worker)) leaving += worker.running;
    else inHand += worker.running;
    if (worker.phase === "ready") ready++;
    else if (worker.phase === "resting") resting++;
  }
  const waiting = load?.waiting ?? 0;
  const holding = (ready + resting) * concurrency;
  const running = Math.max(0, Math.min((load?.running ?? inHand) - leaving, holding));
  // With a ready worker the signal is stale by definition.
  const signalled = arrivedWithoutWorker && ready === 0;
  const requests = Math.max(waiting + running, inHand, signalled ? 1 : 0);
  return { requests, waiting, running, signalled };
}
