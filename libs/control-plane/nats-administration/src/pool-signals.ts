// What the controller hears and says about pools besides their queues: arrivals at pools without a worker
// (demand start), reports of workers and orders to them, load of listeners, and events to listeners.

import type { NatsLink } from "@penstock/nats-connection";
import {
  decodeListenerLoad,
  decodeWorkerReport,
  demandSubjects,
  encodeJson,
  loadSubjects,
  nameOfToken,
  orderSubject,
  poolEventSubject,
  workerReportSubjects,
  type ListenerLoad,
  type PoolEvent,
  type WorkerOrder,
  type WorkerReport,
} from "@penstock/wire";

/** The controller's ear and voice. */
export class PoolSignals {
  readonly #link: NatsLink;
  readonly #demand = new Map<string, () => void>();

  constructor(link: NatsLink) {
    this.#link = link;
  }

  /** Calls on every arrival at a pool until {@link ignoreDemand}. Resolves when the broker has the subscription. */
  async watchDemand(pool: string, arrived: () => void): Promise<void> {
    if (this.#demand.has(pool)) return;
    this.#demand.set(pool, this.#link.subscribe(demandSubjects(pool), arrived));
    await this.#link.connection.flush();
  }

  /** A pool that has a worker needs no demand start: nothing is sent while nobody listens. */
  ignoreDemand(pool: string): void {
    this.#demand.get(pool)?.();
    this.#demand.delete(pool);
  }

  onWorkerReport(reported: (pool: string, worker: string, report: WorkerReport) => void): void {
    this.#link.subscribe(workerReportSubjects, (message) => {
      const [, pool = "", worker = ""] = message.subject.split(".");
      const report = decodeWorkerReport(message.data);
      if (report) reported(nameOfToken(pool), nameOfToken(worker), report);
    });
  }

  onListenerLoad(reported: (listener: string, load: ListenerLoad) => void): void {
    this.#link.subscribe(loadSubjects, (message) => {
      const load = decodeListenerLoad(message.data);
      if (load) reported(message.subject.slice("load.".length), load);
    });
  }

  /** Asks a worker. Nobody hears it while the worker's connection is broken: its next report shows that. */
  ask(pool: string, worker: string, order: WorkerOrder): void {
    this.#link.publish(orderSubject(pool, worker), encodeJson(order));
  }

  /** Tells the listeners what happened to a pool. */
  tell(pool: string, event: PoolEvent): void {
    this.#link.connection.publish(poolEventSubject(pool), encodeJson(event));
  }
}
