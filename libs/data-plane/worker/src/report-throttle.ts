// A worker's word on itself: sent when it changed, at most every 50 ms, and every few seconds even when it
// did not, so that a lost report does not matter for long.

import type { Clock } from "@penstock/foundation";
import { WORKER_REPORT_MS, type WorkerReport } from "@penstock/wire";

/** Least time between two reports, milliseconds. */
const INTERVAL_MS = 50;

/** Sends reports at a bounded rate. */
export class ReportThrottle {
  readonly #clock: Clock;
  readonly #read: () => WorkerReport;
  readonly #send: (report: WorkerReport) => void;
  #planned = false;
  #quietUntil = 0;
  #stopped = false;

  constructor(clock: Clock, read: () => WorkerReport, send: (report: WorkerReport) => void) {
    this.#clock = clock;
    this.#read = read;
    this.#send = send;
    this.#planKeepalive();
  }

  /** Something changed. Called for each request: mostly one comparison. */
  changed(): void {
    if (this.#planned || this.#stopped) return;
    this.#planned = true;
    this.#clock.after(Math.max(0, this.#quietUntil - this.#clock.now()), () => {
      this.#planned = false;
      if (!this.#stopped) this.now();
    });
  }

  /** Reports at once. */
  now(): void {
    this.#quietUntil = this.#clock.now() + INTERVAL_MS;
    this.#send(this.#read());
  }

  stop(): void {
    this.#stopped = true;
  }

  #planKeepalive(): void {
    this.#clock.after(WORKER_REPORT_MS, () => {
      if (this.#stopped) return;
      this.now();
      this.#planKeepalive();
    });
  }
}
