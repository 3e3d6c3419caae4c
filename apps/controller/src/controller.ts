// The controller's loop: observe, reconcile, act. Events only touch pools; a turn takes the touched ones,
// asks the pure policy and performs its actions. A turn never overlaps itself. No request passes here.

import {
  recentFailures,
  reconcile,
  scheduledMoments,
  sleeps,
  type DesiredPool,
  type HeldWorkers,
  type PoolCommand,
  type PoolMemory,
  type ShortPool,
  type WorkerRuntime,
  type WorkerRuntimeEvent,
} from "@penstock/activation";
import { canaryName, type HostLimits } from "@penstock/domain";
import type { Clock } from "@penstock/foundation";
import type { PoolSignals, QueueAdministration } from "@penstock/nats-administration";
import { Attention } from "./attention.ts";
import type { ControllerEvents } from "./controller-events.ts";
import { DemandWatch } from "./demand-watch.ts";
import { HostWatch } from "./host-watch.ts";
import { NextWorkers } from "./next-workers.ts";
import type { ObservedPools, PoolSight } from "./observed-pools.ts";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";
import { PlanActions } from "./plan-actions.ts";
import type { CommandOutcome, PoolOperations } from "./pool-operations.ts";
import type { PoolStandings } from "./pool-standings.ts";
import { howItEnded, WorkerExits } from "./worker-exits.ts";
import { UsageWatch } from "./usage-watch.ts";
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
  readonly queues: QueueAdministration;
  readonly standings: PoolStandings;
  readonly signals: PoolSignals;
  readonly identities: WorkerIdentities;
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

/** How often a stop looks whether all workers have gone, milliseconds. */
const STOP_LOOK_MS = 20;

/** Keeps the pools as they should be. */
export class Controller implements PoolOperations {
  readonly pools: ObservedPools;
  readonly #parts: ControllerParts;
  readonly #next: NextWorkers;
  readonly #host: HostWatch;
  readonly #demand: DemandWatch;
  readonly #orders: WorkerOrders;
  readonly #exits: WorkerExits;
  readonly #reports: WorkerReports;
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
    this.#orders = new WorkerOrders({ ...parts, demand: this.#demand, now });
    this.#exits = new WorkerExits(parts);
    const sleep = new WorkerSleep({ ...parts, demand: this.#demand, now });
    this.#reports = new WorkerReports({ ...parts, demand: this.#demand, sleep, touch, now });
    const made = { orders: this.#orders, exits: this.#exits, sleep, touch, now };
    const launches = new WorkerLaunches({ ...parts, ...made, next: this.#next });
    this.#actions = new PlanActions({ ...parts, ...made, launches });
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
    runtime.watch((event) => this.#runtimeSaid(event));
    signals.onWorkerReport((pool, worker, report) => this.#reports.take(pool, worker, report));
    signals.onListenerLoad((listener, load) => {
      for (const pool of this.pools.report(listener, load, this.#now())) this.#touch(pool);
    });
    for (const found of await runtime.list()) {
      const worker = new ObservedWorkerProcess(found);
      // Until its first report, which comes within seconds, it counts as starting, unless it is frozen: from now.
      worker.phaseSince = this.#now();
      this.pools.of(found.pool).workers.set(found.id, worker);
      events.workerAdopted(worker);
      this.#touch(found.pool);
    }
    await this.#parts.identities.revokeAllBut(new Set(this.#live().map(({ id }) => id)));
    await Promise.all(
      Array.from(desired.keys(), (pool) => this.#demand.listen(this.pools.of(pool))),
    );
    this.#observed = true;
    for (const pool of desired.keys()) this.#touch(pool);
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
    for (const cancel of this.#wakes.values()) cancel();
  }

  /** Asks every worker to go and resolves when all are gone; kills what is left when `limit` aborts. */
  async stopWorkers(limit: AbortSignal): Promise<void> {
    this.stop();
    limit.addEventListener("abort", () => void this.killWorkersNow());
    // A launch that is under way shows here once it has succeeded.
    while (this.#live().length > 0 || this.#launching()) {
      for (const worker of this.#live()) {
        if (worker.phase === "draining" || worker.phase === "stopping") continue;
        await this.#orders.leave(
          { pool: worker.pool, worker: worker.id },
          "draining",
          worker.askedFor ?? "manual",
        );
      }
      await new Promise((resolve) => setTimeout(resolve, STOP_LOOK_MS));
    }
  }

  // ---- what operators ask

  /** What is asked of a pool holds for both of its versions; what is asked of its canary, for that alone. */
  async command(pool: string, command: PoolCommand): Promise<CommandOutcome> {
    const outcome = await this.#command(pool, command);
    if (outcome.kind !== "obeyed") return outcome;
    const canary = await this.#command(canaryName(pool), command);
    if (canary.kind !== "obeyed") return outcome;
    return { kind: "obeyed", leaving: [...outcome.leaving, ...canary.leaving] };
  }

  async #command(pool: string, command: PoolCommand): Promise<CommandOutcome> {
    if (!this.desired.has(pool)) return { kind: "unknown" };
    const leaving = command === "start" ? [] : Array.from(this.pools.of(pool).workers.keys());
    const verdict = await this.#parts.standings.command(pool, command);
    if (verdict?.kind !== "obeyed") return verdict ?? { kind: "unknown" };
    if (command === "recycle") this.#parts.events.recycled(pool);
    this.#touch(pool);
    return { kind: "obeyed", leaving };
  }

  async scale(pool: string, workers: HeldWorkers): Promise<CommandOutcome> {
    const verdict = await this.#parts.standings.hold(pool, workers, this.#parts.hostLimits());
    if (verdict?.kind !== "obeyed") return verdict ?? { kind: "unknown" };
    this.#touch(pool);
    return { kind: "obeyed", leaving: [] };
  }

  async endWorker(id: string, how: "stop" | "kill"): Promise<boolean> {
    const worker = this.#live().find((live) => live.id === id);
    if (!worker) return false;
    const { phase } = worker;
    if (phase === "stopping" || (phase === "draining" && how === "stop")) return true;
    const leaving = how === "stop" ? "draining" : "stopping";
    await this.#orders.leave({ pool: worker.pool, worker: id }, leaving, "manual");
    this.#touch(worker.pool);
    return true;
  }

  /** Whether a worker is frozen, or about to be. */
  isAsleep(id: string): boolean {
    return this.#live().some((worker) => worker.id === id && sleeps(worker));
  }

  /** Ends a worker that sleeps: the next request starts another. */
  async endSleeper(id: string): Promise<void> {
    const worker = this.#live().find((live) => live.id === id);
    if (!worker || !sleeps(worker)) return;
    await this.#orders.leave({ pool: worker.pool, worker: id }, "draining", "idle");
    this.#touch(worker.pool);
  }

  /** For the last moment of a process: ends every worker, and what it started; resolves when all are gone. */
  async killWorkersNow(): Promise<void> {
    await Promise.allSettled(this.#live().map(({ id }) => this.#parts.runtime.kill(id)));
    while (this.#live().length > 0)
      await new Promise((resolve) => setTimeout(resolve, STOP_LOOK_MS));
  }

  #launching(): boolean {
    for (const sight of this.pools.all()) if (sight.launching.size > 0) return true;
    return false;
  }

  #live(): ObservedWorkerProcess[] {
    return this.pools.workers();
  }

  // ---- observe

  #runtimeSaid(event: WorkerRuntimeEvent): void {
    if (event.kind === "output") {
      this.pools.worker(event.pool, event.id)?.addLine(event.line);
      this.#parts.events.output(event.pool, event.id, event.stream, event.line);
    } else if (event.kind === "exited") {
      this.#workerExited(event);
    }
  }

  #workerExited(event: Extract<WorkerRuntimeEvent, { kind: "exited" }>): void {
    const { pool, id, code, signal, outOfMemory, at } = event;
    const sight = this.pools.of(pool);
    const worker = sight.workers.get(id);
    if (!worker) return;
    // First of all the listeners: whoever waits for this worker waits no longer.
    const lost = { kind: "workerLost", worker: id, detail: howItEnded(event) } as const;
    this.#parts.signals.tell(pool, lost);
    sight.workers.delete(id);
    const { phase, askedFor, detail } = worker;
    const how = { code, signal, outOfMemory, detail, at };
    this.#exits.note({ id, pool, phase, ...(askedFor && { askedFor }), ...how });
    void this.#demand.listen(sight);
    this.#touch(pool);
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
    for (const name of touched) {
      this.#wakes.get(name)?.();
      this.#wakes.delete(name);
      const pool = this.desired.get(name);
      if (pool) desired.set(name, this.#scheduled(pool));
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

  #scheduled(desired: DesiredPool): DesiredPool {
    const { schedule } = desired.pool.recycling.periodicRestart;
    const scheduled = scheduledMoments(schedule, this.#now(), this.#parts.wallNow());
    return scheduled ? { ...desired, scheduled } : desired;
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
