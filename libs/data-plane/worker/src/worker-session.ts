// A worker at its queue: takes requests for an application that is ready, reports to the controller, and
// drains when it is told to go.
//
//   receiving ──drain──> draining ──last request done──> drained

import type { Clock } from "@penstock/foundation";
import {
  RequestReceiver,
  type ApplicationHost,
  type Defer,
  type WorkerTransport,
} from "@penstock/request-queue";
import type { WorkerReport } from "@penstock/wire";
import { BusyMeter } from "./busy-meter.ts";
import { ReportThrottle } from "./report-throttle.ts";

/** What a worker session is made of. */
export interface WorkerSessionParts {
  readonly transport: WorkerTransport;
  /** Ready for requests. */
  readonly host: Pick<ApplicationHost, "handle">;
  /** Requests that the worker takes at once. */
  readonly slots: number;
  /** Sends a report to the controller. */
  readonly report: (report: WorkerReport) => void;
  /** Told of messages that are none of ours. */
  readonly malformed: (what: string) => void;
  readonly clock: Clock;
  readonly epochNow: () => number;
  readonly defer: Defer;
}

/** A worker that receives. */
export interface WorkerSession {
  /** Requests in hand. */
  readonly running: number;
  /** Takes no more requests; resolves when those in hand are done. */
  drain(): Promise<void>;
}

/** Starts to receive, and tells the controller that this worker is ready. */
export function startWorkerSession(parts: WorkerSessionParts): WorkerSession {
  let state: WorkerReport["state"] = "ready";
  const throttle = new ReportThrottle(
    parts.clock,
    () => ({
      state,
      running: receiver.running,
      taken: receiver.taken,
      busyMs: busy.totalMs,
    }),
    parts.report,
  );
  const receiver: RequestReceiver = new RequestReceiver({
    ...parts,
    changed: () => {
      busy.changed();
      throttle.changed();
    },
  });
  const busy = new BusyMeter(parts.clock, () => receiver.running);
  receiver.receive();
  throttle.now();
  return {
    get running() {
      return receiver.running;
    },
    async drain() {
      state = "draining";
      throttle.now();
      await receiver.drain();
      throttle.now();
      throttle.stop();
    },
  };
}
