// The controller's loop: observe, reconcile, act. Events only touch pools; a turn takes the touched ones,
// asks the pure policy and performs its actions. A turn never overlaps itself. No request passes here.

import {
  isOrphan,
  recentFailures,
  reconcile,
  type DesiredPool,
  type PoolMemory,
  type ShortPool,
  type WorkerRuntime,
} from "@penstock/activation";
import type { HostLimits } from "@penstock/domain";
import type { Clock } from "@penstock/foundation";
import type { PoolSignals, QueueAdministration } from "@penstock/nats-administration";
import { Attention } from "./attention.ts";
import type { ControllerEvents } from "./controller-events.ts";
import { DemandWatch } from "./demand-watch.ts";
import { HeldWorkersWatch } from "./held-workers-watch.ts";
import { HostWatch } from "./host-watch.ts";
import { NextWorkers } from "./next-workers.ts";
import type { ObservedPools, PoolSight } from "./observed-pools.ts";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";
import { OperatorCommands } from "./operator-commands.ts";
import { Orphans } from "./orphans.ts";
import { PlanActions } from "./plan-actions.ts";
import type { PoolOperations } from "./pool-operations.ts";
import type { PoolStandings } from "./pool-standings.ts";
import { RuntimeReports } from "./runtime-reports.ts";
import { scheduledPool } from "./scheduled-pool.ts";
import { UsageWatch } from "./usage-watch.ts";
import { WorkerEnds } from "./worker-ends.ts";
import { WorkerExits } from "./worker-exits.ts";
import type { WorkerIdentities } from "./worker-identities.ts";
import { WorkerLaunches } from "./worker-launches.ts";
import { WorkerOrders } from "./worker-orders.ts";
import { WorkerReports } from "./worker-reports.ts";
import { WorkerSleep } from "./worker-sleep.ts";

/** What a {@link Controller} is made of. */
export interface ControllerParts {
  /** The world as it is seen; shared with those who show it. */
  readonly pools: ObservedPools;
  readonly runtime: WorkerRuntime;
  readonly queues: Pick<QueueAdministration, "depth">;
  readonly standings: PoolStandings;
  readonly signals: Pick<PoolSignals, keyof PoolSignals>;
  readonly identities: Pick<WorkerIdentities, "issue" | "revoke" | "revokeAllBut">;
  readonly events: ControllerEvents;
  readonly clock: Clock;
  /** Milliseconds since the Unix epoch, without jumps. */
  readonly epochNow: () => number;
  /** The time of day, milliseconds since the Unix epoch: for schedules. It jumps when the clock is set. */
  readonly wallNow: () => number;
  /** Whether the connection to the broker stands. */
  readonly connected: () => boolean;
  /** False while another controller may lead: nothing is decided then. */
  readonly leads: () => boolean;
  /** What all workers together may take, as it is in force. */
  readonly hostLimits: () => HostLimits;
  /** Where workers find the broker. */
  readonly natsUrl: string;
}

/** How often what events may have missed is looked for, milliseconds. */
const SWEEP_MS = 2000;

/** A timer cannot wait for a month, and a schedule is to follow a clock that was set: a look too many does no harm. */
const LONGEST_WAKE_MS = 3_600_000;

/** Keeps the pools as they should be. */
export class Controller {
  readonly pools: ObservedPools;
  readonly operations: PoolOperations;
  readonly ends: WorkerEnds;
  readonly #parts: ControllerParts;
  readonly #next: NextWorkers;
  readonly #host: HostWatch;
  readonly #demand: DemandWatch;
  readonly #orphans: Orphans;
  readonly #held: HeldWorkersWatch;
  readonly #reports: WorkerReports;
  readonly #runtimeReports: RuntimeReports;
  readonly #actions: PlanActions;
  readonly #memory = new Map<string, PoolMemory>();
  #touched = new Set<string>();
  #turnPlanned = false;
  /** All that runs is known: before, a worker that is missing may only not have been seen. */
  #observed = false;
  #stopped = false;
  readonly #wakes = new Map<string, () => void>();
  readonly #attention: Attention;
  readonly #usageWatch: UsageWatch;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.pools = parts.pools;
    this.#next = new NextWorkers(parts.runtime);
    const touch = (pool: string): void => this.#touch(pool);
    const now = parts.epochNow;
    this.#host = new HostWatch({ ...parts, now, touch, wake: () => this.#planTurn() });
    this.#attention = new Attention({ ...parts, now });
    this.#usageWatch = new UsageWatch({
      ...parts,
      touch,
      limited: (pool) => this.#isLimited(pool),
      failed: (what, cause) => parts.events.failed(what, cause),
    });
    this.#demand = new DemandWatch({ ...parts, touch });
    const watching = { ...parts, demand: this.#demand, touch, now };
    const orders = new WorkerOrders(watching);
    const exits = new WorkerExits(parts);
    const sleep = new WorkerSleep(watching);
    this.#orphans = new Orphans({ ...watching, exits });
    this.#reports = new WorkerReports({ ...watching, sleep });
    this.#runtimeReports = new RuntimeReports({ ...watching, exits });
    this.ends = new WorkerEnds({ ...watching, orders });
    this.#held = new HeldWorkersWatch(watching);
    this.operations = new OperatorCommands({ ...watching, ends: this.ends, held: this.#held });
    const launches = new WorkerLaunches({
      ...watching,
      orders,
      exits,
      next: this.#next,
      exited: (event) => this.#runtimeReports.exited(event),
    });
    const orphans = this.#orphans;
    this.#actions = new PlanActions({ ...watching, orders, sleep, orphans, launches });
  }

  get desired(): ReadonlyMap<string, DesiredPool> {
    return this.#parts.standings.desired;
  }

  /** Failures of a pool's workers that rapid-fail protection counts now. */
  recentFailures(pool: string): number {
    const desired = this.desired.get(pool);
    const memory = this.#memory.get(pool);
    if (!desired || !memory) return 0;
    return recentFailures(memory.protection, desired.pool.failure, this.#now());
  }

  /** Why a pool has fewer workers than it wants: its host is full. */
  shortOf(pool: string): ShortPool | undefined {
    return this.#host.shortOf(pool);
  }

  /** Observes the world as it is, adopts the workers that run, and begins. */
  async start(): Promise<void> {
    const { runtime, signals, events } = this.#parts;
    const { desired } = this;
    runtime.watch((event) => this.#runtimeReports.take(event));
    signals.onWorkerReport((pool, worker, report) => this.#reports.take(pool, worker, report));
    signals.onListenerLoad((listener, load) => {
      for (const pool of this.pools.report(listener, load, this.#now())) this.#touch(pool);
    });
    for (const found of await runtime.list()) {
      const worker = new ObservedWorkerProcess(found);
      // Until its first report, which comes within seconds, it counts as starting, unless it is frozen: from now.
      worker.phaseSince = this.#now();
      this.#orphans.recognize(worker);
      this.pools.of(found.pool).workers.set(found.id, worker);
      events.workerAdopted(worker);
      this.#touch(found.pool);
    }
    const inService = this.pools.workers().filter((worker) => !isOrphan(worker));
    await this.#parts.identities.revokeAllBut(new Set(inService.map(({ id }) => id)));
    await Promise.all(
      Array.from(desired.keys(), (pool) => this.#demand.listen(this.pools.of(pool))),
    );
    this.#observed = true;
    for (const pool of desired.keys()) {
      this.#held.watch(pool);
      this.#touch(pool);
    }
    this.#planSweep();
  }

  /** These pools are configured in another way, or not any more. */
  reconfigured(pools: readonly string[]): void {
    for (const pool of pools) {
      if (this.desired.has(pool)) void this.#demand.listen(this.pools.of(pool));
      this.#touch(pool);
    }
  }

  /** Goes on after a time in which another controller might have led. */
  resume(): void {
    for (const pool of this.desired.keys()) this.#touch(pool);
    for (const { name } of this.pools.all()) this.#touch(name);
  }

  /** Stops deciding. Workers run on. */
  stop(): void {
    this.#stopped = true;
    this.#attention[Symbol.dispose]();
    this.#usageWatch[Symbol.dispose]();
    this.#host[Symbol.dispose]();
    this.#held[Symbol.dispose]();
    for (const cancel of this.#wakes.values()) cancel();
  }

  /** The same, and asks every worker to go; resolves when all are gone. Kills what is left when `limit` aborts. */
  stopWithWorkers(limit: AbortSignal): Promise<void> {
    this.stop();
    return this.ends.endAll(limit);
  }

  #planSweep(): void {
    this.#parts.clock.after(SWEEP_MS, () => {
      if (this.#stopped) return;
      for (const pool of this.pools.dropSilentListeners(this.#now())) this.#touch(pool);
      // A busy pool without a worker should not exist: look whether its signal was lost.
      for (const sight of this.pools.all()) {
        if (!sight.ready && (sight.load?.waiting ?? 0) > 0) this.#demand.arrived(sight);
      }
      this.#planSweep();
    });
  }

  // ---- reconcile

  #touch(pool: string): void {
    this.#touched.add(pool);
    this.#planTurn();
  }

  #planTurn(): void {
    if (this.#turnPlanned || this.#stopped || !this.#observed) return;
    this.#turnPlanned = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#turnPlanned = false;
    if (this.#stopped || !this.#parts.leads()) return;
    const touched = this.#touched;
    this.#touched = new Set();
    const desired = new Map<string, DesiredPool>();
    const observed = new Map<string, ReturnType<PoolSight["takeView"]>>();
    const memory = new Map<string, PoolMemory>();
    const listeningSince = this.#attention.since;
    const time = { now: this.#now(), wallNow: this.#parts.wallNow() };
    for (const name of touched) {
      this.#wakes.get(name)?.();
      this.#wakes.delete(name);
      const pool = this.desired.get(name);
      if (pool) desired.set(name, scheduledPool(pool, time));
      observed.set(name, this.pools.of(name).takeView(listeningSince));
      const remembered = this.#memory.get(name);
      if (remembered) memory.set(name, remembered);
    }
    const startedAt = performance.now();
    const plan = reconcile(desired, observed, memory, this.#now());
    this.#parts.events.reconciled((performance.now() - startedAt) / 1000);
    for (const name of touched) {
      const remembered = plan.memory.get(name);
      if (remembered) this.#memory.set(name, remembered);
      else this.#memory.delete(name);
    }
    for (const [name, wakeInMs] of plan.wakes) {
      this.#wakes.set(
        name,
        this.#parts.clock.after(Math.min(wakeInMs, LONGEST_WAKE_MS), () => this.#touch(name)),
      );
    }
    for (const action of this.#host.allowed({ desired, observed, plan }))
      this.#actions.perform(action);
    this.#host.performed();
    this.#next.refresh(touched, this.desired, this.pools);
  }

  /** A limit depends on what its workers hold. */
  #isLimited(name: string): boolean {
    const { pool } = this.desired.get(name) ?? {};
    if (!pool) return false;
    const counts = this.#parts.hostLimits().memoryBytes > 0;
    const unknown = pool.limits.memoryBytes === undefined;
    return pool.recycling.periodicRestart.memoryBytes > 0 || (counts && unknown);
  }

  #now(): number {
    return this.#parts.epochNow();
  }
}
