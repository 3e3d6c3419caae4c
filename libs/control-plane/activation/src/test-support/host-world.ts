// Several pools on one host for property tests: clients that wait, workers that take and finish, and a shell
// that performs what the ledger allows at once. As in production only pools that something happened to are
// looked at.

import type { HostLimits } from "@penstock/domain";
import type { Action } from "../action.ts";
import type { DesiredPool } from "../desired-pool.ts";
import { HostLedger } from "../host-ledger.ts";
import {
  isOrphan,
  nothingObserved,
  type ObservedPool,
  type ObservedWorker,
} from "../observed-pool.ts";
import { noMemory, reconcile, type Memory } from "../reconcile.ts";

/** A worker process of the model. */
export type HostWorker = { -readonly [Key in keyof ObservedWorker]: ObservedWorker[Key] };

interface HostPool {
  desired: DesiredPool;
  workers: HostWorker[];
  waiting: number;
  /** True once one of its workers was ready. */
  served: boolean;
}

/** More turns than this at one moment and the controller is chasing its own tail. */
const TURNS_MAX = 12;

/** One host. */
export class HostWorld {
  now = 1_000_000;
  limits: HostLimits;
  readonly pools = new Map<string, HostPool>();
  readonly ledger = new HostLedger();
  /** Sees what is allowed before it is performed. */
  onActions: (actions: readonly Action[]) => void = () => {};
  #memory: Memory = noMemory;
  readonly #touched = new Set<string>();
  readonly #wakes = new Map<string, number>();
  #hostWakeAt: number | undefined;
  #launched = 0;

  constructor(limits: HostLimits, desired: readonly DesiredPool[]) {
    this.limits = limits;
    for (const each of desired) {
      const { name } = each.pool;
      this.pools.set(name, { desired: each, workers: [], waiting: 0, served: false });
      this.touch(name);
    }
    this.turn();
  }

  get workers(): readonly HostWorker[] {
    return [...this.pools.values()].flatMap(({ workers }) => workers);
  }

  of(name: string): HostPool {
    const pool = this.pools.get(name);
    if (!pool) throw new Error(`there is no pool ${name}`);
    return pool;
  }

  touch(name: string): void {
    this.#touched.add(name);
  }

  /** Everybody looks at everything, as after a change of the limits. */
  touchAll(): void {
    for (const name of this.pools.keys()) this.touch(name);
  }

  arrive(name: string, requests: number): void {
    this.of(name).waiting += requests;
    this.touch(name);
  }

  /** A ready worker of a pool falls silent and is left for a debugger; one of each pool at most. */
  orphan(name: string): void {
    const { workers } = this.of(name);
    const silent = workers.find(({ phase }) => phase === "ready");
    if (!silent || workers.some(isOrphan)) return;
    Object.assign(silent, { phase: "orphaned", phaseSince: this.now, running: 0 });
    this.touch(name);
  }

  /** What starts is ready, what runs is finished and the next taken, who was asked to go goes. */
  step(): void {
    for (const [name, pool] of this.pools) {
      const before = JSON.stringify([pool.workers, pool.waiting]);
      for (const worker of pool.workers) {
        worker.running = 0;
        if (worker.phase !== "starting") continue;
        worker.phase = "ready";
        worker.phaseSince = this.now;
        pool.served = true;
      }
      const stays = ({ phase }: HostWorker): boolean =>
        phase !== "draining" && phase !== "stopping";
      pool.workers = pool.workers.filter(stays);
      this.#takeRequests(pool);
      if (JSON.stringify([pool.workers, pool.waiting]) !== before) this.touch(name);
    }
    this.turn();
  }

  /** Lets time pass; the controller is called when its wakes fall due. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (let next = this.#nextWake(); next <= until; next = this.#nextWake()) {
      this.now = Math.max(this.now, next);
      for (const [name, at] of this.#wakes) if (at <= this.now) this.touch(name);
      this.turn();
    }
    this.now = until;
  }

  /** The controller's turns at one moment, until nothing is to be done. */
  turn(): void {
    for (let turns = 0; turns < TURNS_MAX; turns++) if (!this.#turnOnce()) return;
    throw new Error(`there is something to do after ${TURNS_MAX} turns`);
  }

  /** One turn; false when it did nothing. */
  #turnOnce(): boolean {
    const desired = new Map<string, DesiredPool>();
    const observed = new Map<string, ObservedPool>();
    for (const name of this.#touched) {
      this.#wakes.delete(name);
      const pool = this.of(name);
      this.#takeRequests(pool);
      desired.set(name, pool.desired);
      observed.set(name, this.#view(name, pool));
    }
    this.#touched.clear();
    this.#hostWakeAt = undefined;
    const plan = reconcile(desired, observed, this.#memory, this.now);
    this.#memory = plan.memory;
    for (const [name, wakeInMs] of plan.wakes) this.#wakes.set(name, this.now + wakeInMs);
    const allowed = this.ledger.share(this.limits, { desired, observed, plan }, this.now);
    if (allowed.wakeInMs !== undefined) this.#hostWakeAt = this.now + allowed.wakeInMs;
    this.onActions(allowed.actions);
    for (const action of allowed.actions) this.#perform(action);
    for (const name of allowed.again) this.touch(name);
    return allowed.actions.length > 0;
  }

  #nextWake(): number {
    return Math.min(this.#hostWakeAt ?? Infinity, ...this.#wakes.values());
  }

  #takeRequests(pool: HostPool): void {
    for (const worker of pool.workers) {
      if (worker.phase !== "ready") continue;
      const taken = Math.min(pool.waiting, pool.desired.pool.concurrency - worker.running);
      worker.running += taken;
      pool.waiting -= taken;
    }
  }

  #view(name: string, { workers, waiting }: HostPool): ObservedPool {
    const running = workers.reduce((sum, worker) => sum + worker.running, 0);
    return {
      ...nothingObserved(name),
      workers: workers.map((worker) => ({ ...worker })),
      load: { waiting, running },
    };
  }

  #perform(action: Action): void {
    const pool = this.of(action.pool);
    if (action.kind === "startWorker") {
      const { generation } = action;
      const born = { phaseSince: this.now, startedAt: this.now, running: 0 };
      const id = `${action.pool}-${++this.#launched}`;
      pool.workers.push({ id, pool: action.pool, generation, phase: "starting", ...born });
    } else if (action.kind === "drainWorker" || action.kind === "killWorker") {
      const worker = pool.workers.find(({ id }) => id === action.worker);
      if (!worker) throw new Error(`${action.worker} does not exist`);
      worker.phase = action.kind === "drainWorker" ? "draining" : "stopping";
      worker.phaseSince = this.now;
    } else if (action.kind !== "reportStartFailure")
      throw new Error(`nothing here asks for ${action.kind}`);
  }
}
