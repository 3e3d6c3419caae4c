// The controller's loop: observe, reconcile, act. Events only touch pools; a turn takes the touched ones,
// asks the pure policy and performs its actions. A turn never overlaps itself. No request passes here.

import {
  failureKind,
  noMemory,
  recentFailures,
  reconcile,
  type Action,
  type DesiredPool,
  type Memory,
  type PoolCommand,
  type TakePoolOffline,
  type WorkerExit,
  type WorkerRuntime,
  type WorkerRuntimeEvent,
} from "@penstock/activation";
import { describeError, type Clock } from "@penstock/foundation";
import type { PoolSignals, QueueAdministration } from "@penstock/nats-administration";
import type { WorkerReport } from "@penstock/wire";
import { composeLaunch } from "./compose-launch.ts";
import type { ControllerEvents } from "./controller-events.ts";
import { NextWorkers } from "./next-workers.ts";
import type { ObservedPools, PoolSight } from "./observed-pools.ts";
import type { CommandOutcome, PoolOperations } from "./pool-operations.ts";
import type { PoolStandings } from "./pool-standings.ts";
import type { WorkerIdentities } from "./worker-identities.ts";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";

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
  /** Where workers find the broker. */
  readonly natsUrl: string;
}

/** How often what events may have missed is looked for, milliseconds. */
const SWEEP_MS = 2000;

/** How often a stop looks whether all workers have gone, milliseconds. */
const STOP_LOOK_MS = 20;

/** Keeps the pools as they should be. */
export class Controller implements PoolOperations {
  readonly pools: ObservedPools;
  readonly #parts: ControllerParts;
  readonly #next: NextWorkers;
  #memory: Memory = noMemory;
  #touched = new Set<string>();
  #turnPlanned = false;
  /** All that runs is known: before, a worker that is missing may only not have been seen. */
  #observed = false;
  #stopped = false;
  readonly #wakes = new Map<string, () => void>();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.pools = parts.pools;
    this.#next = new NextWorkers(parts.runtime);
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

  /** Observes the world as it is, adopts the workers that run, and begins. */
  async start(): Promise<void> {
    const { runtime, signals, events } = this.#parts;
    const { desired } = this;
    runtime.watch((event) => this.#runtimeSaid(event));
    signals.onWorkerReport((pool, worker, report) => this.#workerSaid(pool, worker, report));
    signals.onListenerLoad((listener, load) => {
      for (const pool of this.pools.report(listener, load, this.#now())) this.#touch(pool);
    });
    for (const found of await runtime.list()) {
      const worker = new ObservedWorkerProcess(found);
      // Until its first report, which comes within seconds, it counts as starting: from now.
      worker.phaseSince = this.#now();
      this.pools.of(found.pool).workers.set(found.id, worker);
      events.workerAdopted(worker);
      this.#touch(found.pool);
    }
    await this.#parts.identities.revokeAllBut(new Set(this.#live().map(({ id }) => id)));
    await Promise.all(
      Array.from(desired.keys(), (pool) => this.#listenForDemand(this.pools.of(pool))),
    );
    this.#observed = true;
    for (const pool of desired.keys()) this.#touch(pool);
    this.#planSweep();
  }

  /** Stops deciding. Workers run on. */
  stop(): void {
    this.#stopped = true;
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
        worker.askedFor ??= "manual";
        worker.enter("draining", this.#now());
        await this.#parts.runtime.drain(worker.id);
      }
      await new Promise((resolve) => setTimeout(resolve, STOP_LOOK_MS));
    }
  }

  // ---- what operators ask

  async command(pool: string, command: PoolCommand): Promise<CommandOutcome> {
    if (!this.desired.has(pool)) return { kind: "unknown" };
    const leaving = command === "start" ? [] : Array.from(this.pools.of(pool).workers.keys());
    const verdict = await this.#parts.standings.command(pool, command);
    if (verdict?.kind !== "obeyed") return verdict ?? { kind: "unknown" };
    if (command === "recycle") this.#parts.events.recycled(pool);
    this.#touch(pool);
    return { kind: "obeyed", leaving };
  }

  async endWorker(id: string, how: "stop" | "kill"): Promise<boolean> {
    const worker = this.#live().find((live) => live.id === id);
    if (!worker) return false;
    const { phase } = worker;
    if (phase === "stopping" || (phase === "draining" && how === "stop")) return true;
    const sight = this.pools.of(worker.pool);
    this.#ask(
      sight,
      { worker: id, exitReason: "manual" },
      how === "stop" ? "draining" : "stopping",
    );
    if (how === "stop") await this.#parts.runtime.drain(id);
    else await this.#parts.runtime.kill(id);
    this.#touch(worker.pool);
    return true;
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
    return Array.from(this.pools.all()).flatMap(({ workers }) => Array.from(workers.values()));
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
    const { signals, events } = this.#parts;
    const sight = this.pools.of(event.pool);
    const worker = sight.workers.get(event.id);
    if (!worker) return;
    // First of all the listeners: whoever waits for this worker waits no longer.
    signals.tell(event.pool, { kind: "workerLost", worker: event.id, detail: howItEnded(event) });
    sight.workers.delete(event.id);
    this.#revoke(event.id);
    const { code, signal, outOfMemory, at } = event;
    const exit: WorkerExit = {
      id: event.id,
      pool: event.pool,
      phase: worker.phase,
      ...(worker.askedFor && { askedFor: worker.askedFor }),
      code,
      signal,
      outOfMemory,
      detail: worker.detail,
      at,
    };
    sight.exits.push(exit);
    sight.lastExit = exit;
    events.workerExited(exit);
    if (!sight.ready) void this.#listenForDemand(sight);
    this.#touch(event.pool);
  }

  #workerSaid(pool: string, id: string, report: WorkerReport): void {
    const sight = this.pools.of(pool);
    const worker = sight.workers.get(id) ?? sight.launching.get(id);
    if (!worker) return;
    worker.running = report.running;
    worker.taken = report.taken;
    if (report.state === "ready" && worker.phase === "starting") {
      worker.enter("ready", this.#now());
      sight.arrivedWithoutWorker = false;
      this.#parts.signals.ignoreDemand(pool);
      this.#parts.events.workerReady(worker);
    } else if (
      report.state === "draining" &&
      (worker.phase === "ready" || worker.phase === "starting")
    ) {
      // Nobody here asked it: a controller before did.
      worker.askedFor ??= "manual";
      worker.enter("draining", this.#now());
      if (!sight.ready) void this.#listenForDemand(sight);
    }
    this.#touch(pool);
  }

  /** Has the queue itself tell of arrivals, and looks once at what arrived before it could. */
  async #listenForDemand(sight: PoolSight): Promise<void> {
    const { signals, queues, events } = this.#parts;
    try {
      await signals.watchDemand(sight.name, () => this.#arrived(sight));
      const depth = await queues.depth(sight.name);
      if (depth && depth.messages > 0 && !sight.ready) this.#arrived(sight);
    } catch (thrown) {
      events.failed(`listening for demand of pool ${sight.name}`, thrown);
    }
  }

  #arrived(sight: PoolSight): void {
    if (sight.arrivedWithoutWorker) return;
    sight.arrivedWithoutWorker = true;
    this.#touch(sight.name);
  }

  #planSweep(): void {
    this.#parts.clock.after(SWEEP_MS, () => {
      if (this.#stopped) return;
      for (const pool of this.pools.dropSilentListeners(this.#now())) this.#touch(pool);
      // A busy pool without a worker should not exist: look whether its signal was lost.
      for (const sight of this.pools.all()) {
        if (!sight.ready && (sight.load?.waiting ?? 0) > 0) this.#arrived(sight);
      }
      this.#planSweep();
    });
  }

  // ---- reconcile

  #touch(pool: string): void {
    this.#touched.add(pool);
    if (this.#turnPlanned || this.#stopped || !this.#observed) return;
    this.#turnPlanned = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#turnPlanned = false;
    if (this.#stopped) return;
    const touched = this.#touched;
    this.#touched = new Set();
    const desired = new Map<string, DesiredPool>();
    const observed = new Map<string, ReturnType<PoolSight["takeView"]>>();
    for (const name of touched) {
      this.#wakes.get(name)?.();
      this.#wakes.delete(name);
      const pool = this.desired.get(name);
      if (pool) desired.set(name, pool);
      observed.set(name, this.pools.of(name).takeView());
    }
    const startedAt = performance.now();
    const plan = reconcile(desired, observed, this.#memory, this.#now());
    this.#parts.events.reconciled((performance.now() - startedAt) / 1000);
    this.#memory = plan.memory;
    for (const [name, wakeInMs] of plan.wakes) {
      this.#wakes.set(
        name,
        this.#parts.clock.after(wakeInMs, () => this.#touch(name)),
      );
    }
    for (const action of plan.actions) this.#perform(action);
    this.#next.refresh(this.desired, this.pools);
  }

  // ---- act

  #perform(action: Action): void {
    this.#parts.events.acting(action);
    this.#act(action).catch((thrown: unknown) => {
      this.#parts.events.failed(`${action.kind} for pool ${action.pool}`, thrown);
      this.#touch(action.pool);
    });
  }

  async #act(action: Action): Promise<void> {
    const { runtime, standings, signals } = this.#parts;
    const sight = this.pools.of(action.pool);
    switch (action.kind) {
      case "startWorker":
        await this.#startWorker(sight, action);
        break;
      case "drainWorker":
        this.#ask(sight, action, "draining");
        await runtime.drain(action.worker);
        break;
      case "killWorker":
        this.#ask(sight, action, "stopping");
        await runtime.kill(action.worker);
        break;
      case "takePoolOffline":
        sight.arrivedWithoutWorker = false;
        await standings.takeOffline(action.pool, this.#verdictOf(action));
        break;
      case "bringPoolOnline":
        await standings.bringOnline(action.pool);
        break;
      case "reportStartFailure":
        if (action.cause !== "StartupTimeout") break;
        sight.arrivedWithoutWorker = false;
        signals.tell(action.pool, { kind: "startTimedOut" });
        break;
    }
  }

  #ask(
    sight: PoolSight,
    action: Pick<Extract<Action, { kind: "drainWorker" }>, "worker" | "exitReason">,
    phase: "draining" | "stopping",
  ): void {
    const worker = sight.workers.get(action.worker) ?? sight.launching.get(action.worker);
    if (!worker) return;
    worker.askedFor = action.exitReason;
    worker.enter(phase, this.#now());
    if (!sight.ready) void this.#listenForDemand(sight);
  }

  async #startWorker(
    sight: PoolSight,
    action: Extract<Action, { kind: "startWorker" }>,
  ): Promise<void> {
    const pool = this.desired.get(action.pool)?.pool;
    if (!pool) return;
    const id = this.#next.take(pool.name, action.generation);
    const worker = new ObservedWorkerProcess({
      id,
      pool: pool.name,
      generation: action.generation,
      startedAt: this.#now(),
    });
    const cold = sight.workers.size + sight.launching.size === 0;
    sight.launching.set(id, worker);
    try {
      const natsCredentials = this.#parts.identities.issue(pool.name, id);
      const launch = composeLaunch(pool, {
        id,
        generation: action.generation,
        natsUrl: this.#parts.natsUrl,
        natsCredentials,
      });
      const found = await this.#parts.runtime.launch(launch);
      worker.pid = found.pid;
      sight.workers.set(id, worker);
      this.#parts.events.workerStarted(worker, action.trigger, cold);
    } catch (thrown) {
      this.#launchFailed(sight, id, describeError(thrown));
    } finally {
      sight.launching.delete(id);
      this.#touch(pool.name);
    }
    await this.#askAgain(worker);
  }

  /** What was asked of a worker while it was launched did not reach it. */
  async #askAgain({ id, phase }: ObservedWorkerProcess): Promise<void> {
    const { runtime } = this.#parts;
    if (phase === "draining") await runtime.drain(id);
    else if (phase === "stopping") await runtime.kill(id);
  }

  #revoke(id: string): void {
    this.#parts.identities
      .revoke(id)
      .catch((thrown: unknown) =>
        this.#parts.events.failed(`revoking the credentials of ${id}`, thrown),
      );
  }

  #launchFailed(sight: PoolSight, id: string, detail: string): void {
    this.#revoke(id);
    const exit: WorkerExit = {
      id,
      pool: sight.name,
      phase: "starting",
      code: null,
      signal: null,
      outOfMemory: false,
      detail,
      at: this.#now(),
    };
    sight.exits.push(exit);
    sight.lastExit = exit;
    this.#parts.events.workerExited(exit);
  }

  #verdictOf({ reason, cause }: TakePoolOffline): Parameters<PoolStandings["takeOffline"]>[1] {
    const told = cause ? `Its workers ${failureKind(cause)}.` : "";
    return { since: this.#now(), told, reason, detail: cause?.detail ?? "" };
  }

  #now(): number {
    return this.#parts.epochNow();
  }
}

function howItEnded(event: {
  code: number | null;
  signal: string | null;
  outOfMemory: boolean;
}): string {
  if (event.outOfMemory) return "its worker ran out of memory";
  if (event.signal !== null) return `its worker was ended by ${event.signal}`;
  return event.code === null ? "its worker ended" : `its worker exited with ${event.code}`;
}
