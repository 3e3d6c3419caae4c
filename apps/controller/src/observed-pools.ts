// The world as the controller sees it, by pool: workers, load by listener, exits that no turn has seen yet,
// the demand signal, and what the listeners were told. Only facts; decisions are made elsewhere.

import {
  isOrphan,
  type ObservedPool,
  type OfflineVerdict,
  type PoolLoad,
  type PoolWork,
  type WorkerExit,
} from "@penstock/activation";
import type { ListenerLoad } from "@penstock/wire";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";

/** A listener that has been silent for this long no longer counts, milliseconds. */
const LISTENER_SILENT_MS = 15_000;

/** What is seen of one pool. */
export class PoolSight {
  readonly name: string;
  readonly workers = new Map<string, ObservedWorkerProcess>();
  readonly loads = new Map<string, PoolLoad>();
  exits: WorkerExit[] = [];
  arrivedWithoutWorker = false;
  /** What its workers did, by their reports. */
  #work = { finished: 0, busyMs: 0 };
  /** Rapid-fail protection's, while it stands: listeners were told. */
  verdict: OfflineVerdict | undefined = undefined;
  /** Launches under way: they count as starting workers, so that one demand does not start two. */
  readonly launching = new Map<string, ObservedWorkerProcess>();
  lastExit: WorkerExit | undefined = undefined;

  constructor(name: string) {
    this.name = name;
  }

  get load(): PoolLoad | undefined {
    if (this.loads.size === 0) return undefined;
    let waiting = 0;
    let running = 0;
    for (const load of this.loads.values()) {
      waiting += load.waiting;
      running += load.running;
    }
    return { waiting, running };
  }

  get offline(): boolean {
    return this.verdict !== undefined;
  }

  get ready(): boolean {
    for (const worker of this.workers.values()) if (worker.phase === "ready") return true;
    return false;
  }

  /** Its workers that live, orphans left out. */
  get inService(): ObservedWorkerProcess[] {
    return Array.from(this.workers.values()).filter((worker) => !isOrphan(worker));
  }

  /** Those that are out of service for good. */
  get orphans(): ObservedWorkerProcess[] {
    return Array.from(this.workers.values()).filter(isOrphan);
  }

  /** Nobody serves, starts, sleeps or leaves. */
  get isAtZero(): boolean {
    return this.launching.size === 0 && this.inService.length === 0;
  }

  /** Its workers did more. */
  count({ finished, busyMs }: PoolWork): void {
    const { finished: before, busyMs: busyBefore } = this.#work;
    this.#work = { finished: before + finished, busyMs: busyBefore + busyMs };
  }

  /**
   * The view that a turn decides on. Exits are handed over: the next view has them no more. `listeningSince`:
   * nobody's silence counts before.
   */
  takeView(listeningSince?: number): ObservedPool {
    const workers = [...this.workers.values(), ...this.launching.values()].map((worker) =>
      worker.view(listeningSince),
    );
    const { exits, load, arrivedWithoutWorker, offline } = this;
    this.exits = [];
    return {
      pool: this.name,
      workers,
      load,
      arrivedWithoutWorker,
      offline,
      exits,
      work: this.#work,
    };
  }
}

/** All pools. */
export class ObservedPools {
  readonly #pools = new Map<string, PoolSight>();
  readonly #heard = new Map<string, number>();

  of(name: string): PoolSight {
    let sight = this.#pools.get(name);
    if (!sight) this.#pools.set(name, (sight = new PoolSight(name)));
    return sight;
  }

  all(): IterableIterator<PoolSight> {
    return this.#pools.values();
  }

  /** All workers that live. */
  workers(): ObservedWorkerProcess[] {
    return Array.from(this.#pools.values()).flatMap(({ workers }) => Array.from(workers.values()));
  }

  /** Drops a pool of which nothing is left. */
  forget(name: string): void {
    this.#pools.delete(name);
  }

  worker(pool: string, id: string): ObservedWorkerProcess | undefined {
    return this.#pools.get(pool)?.workers.get(id);
  }

  /** Notes a listener's report. Returns the pools that it changed. */
  report(listener: string, report: ListenerLoad, now: number): string[] {
    this.#heard.set(listener, now);
    const changed: string[] = [];
    const named = new Set<string>();
    for (const { pool, waiting, running } of report.pools) {
      named.add(pool);
      this.of(pool).loads.set(listener, { waiting, running });
      changed.push(pool);
    }
    if (report.complete) changed.push(...this.#clear(listener, named));
    return changed;
  }

  /** Forgets listeners that are gone. Returns the pools that this changed. */
  dropSilentListeners(now: number): string[] {
    const changed: string[] = [];
    for (const [listener, heardAt] of this.#heard) {
      if (now - heardAt < LISTENER_SILENT_MS) continue;
      this.#heard.delete(listener);
      for (const sight of this.#pools.values())
        if (sight.loads.delete(listener)) changed.push(sight.name);
    }
    return changed;
  }

  /** A complete report puts what it does not name at zero. */
  #clear(listener: string, named: ReadonlySet<string>): string[] {
    const changed: string[] = [];
    for (const sight of this.#pools.values()) {
      const load = sight.loads.get(listener);
      if (!load || named.has(sight.name) || load.waiting + load.running === 0) continue;
      sight.loads.set(listener, { waiting: 0, running: 0 });
      changed.push(sight.name);
    }
    return changed;
  }
}
