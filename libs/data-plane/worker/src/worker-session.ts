// A worker at its queue: takes requests for an application that is ready, reports to the controller, rests
// when it is asked to, and drains when it is told to go.
//
//   receiving ──rest──> (pulls end, last request done) ──> resting ──work──> receiving
//   receiving, resting ──drain──> draining ──last request done──> drained
//
// While it rests it may be frozen. An order to work that came before it rested calls the rest off.

import type { Clock } from "@penstock/foundation";
import {
  RequestReceiver,
  type ApplicationHost,
  type Defer,
  type WorkerTransport,
} from "@penstock/request-queue";
import type { WorkerOrder, WorkerReport } from "@penstock/wire";
import { BusyMeter } from "./busy-meter.ts";
import { ReportThrottle } from "./report-throttle.ts";

/** What a worker session is made of. */
export interface WorkerSessionParts {
  readonly transport: WorkerTransport;
  /** Ready for requests. */
  readonly host: Pick<ApplicationHost, "handle" | "rest">;
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
  /** Does what the controller asks. */
  obey(order: WorkerOrder): void;
  /** Says how it stands, at once: what was said before may have been lost. */
  tell(): void;
  /** Takes no more requests; resolves when those in hand are done. */
  drain(): Promise<void>;
  /** Closes tunnels that a drain still waits for, in order. */
  hangUp(): void;
}

/** Starts to receive, and tells the controller that this worker is ready. */
export function startWorkerSession(parts: WorkerSessionParts): WorkerSession {
  let state: WorkerReport["state"] = "ready";
  /** Number of the rest that was asked for last; undefined when work was. */
  let asked: number | undefined;
  const throttle = new ReportThrottle(
    parts.clock,
    () => {
      const { running, taken } = receiver;
      const said = { state, running, taken, busyMs: busy.totalMs };
      return state === "resting" && asked !== undefined ? { ...said, rest: asked } : said;
    },
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

  const rest = async (number: number): Promise<void> => {
    const reached = await receiver.rest();
    if (reached) await parts.host.rest?.();
    // Meanwhile it may have been asked for something else.
    if (!reached || asked !== number || state === "draining") return;
    state = "resting";
    throttle.now();
  };
  const obey = (order: WorkerOrder): void => {
    if (state === "draining") return;
    if (order.kind === "work") {
      asked = undefined;
      state = "ready";
      receiver.receive();
      throttle.now();
    } else if (asked !== order.number) {
      asked = order.number;
      state = "ready";
      void rest(order.number);
    }
  };
  return {
    obey,
    tell: () => throttle.now(),
    get running() {
      return receiver.running;
    },
    hangUp: () => receiver.hangUp(),
    async drain() {
      state = "draining";
      throttle.now();
      await receiver.drain();
      throttle.now();
      throttle.stop();
    },
  };
}
