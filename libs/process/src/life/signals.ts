// What tells a process from outside to end: SIGINT, SIGTERM, and the parent that went away.

import { systemClock } from "@penstock/foundation";

import { StopRequests } from "./stop-requests.ts";

const stopSignals = ["SIGINT", "SIGTERM"] as const;

/** The signals that stop a process. */
export type StopSignal = (typeof stopSignals)[number];

/** What to do when the process is told to end. */
export interface StopOrders {
  /** Finish what is in hand. `cause` is the signal, or `disconnect` for a parent that is gone. May come more than once. */
  drain(cause: StopSignal | "disconnect"): void;
  /** End now: the second signal. */
  kill(signal: StopSignal): void;
}

/**
 * Listens for the rest of this process's life. `lifeline` true: the IPC channel to the parent is a lifeline,
 * and its end counts as SIGTERM, so that no child outlives a parent that was killed. A process without such
 * a channel has none.
 */
export function watchStopSignals(orders: StopOrders, lifeline: boolean): void {
  const requests = new StopRequests();
  for (const signal of stopSignals)
    process.on(signal, () => {
      const verdict = requests.signalled(systemClock.now());
      if (verdict === "drain") orders.drain(signal);
      if (verdict === "kill") orders.kill(signal);
    });
  if (!lifeline || !process.send) return;
  process.once("disconnect", () => orders.drain("disconnect"));
  // The parent may have gone before anybody listened.
  if (!process.connected) orders.drain("disconnect");
}
