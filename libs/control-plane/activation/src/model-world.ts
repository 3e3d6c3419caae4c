// A small world for property tests: clients, listeners, a queue, worker processes and a shell that performs
// every action at once. What happens in it is up to the test; what the controller sees and when it looks
// (after a change, and when a wake falls due, never else) is as in production.

import type { ExitReason, WorkerProcessId } from "@penstock/domain";
import type { Action } from "./action.ts";
import { earliest } from "./earliest.ts";
import type { DesiredPool } from "./desired-pool.ts";
import {
  isOrphan,
  serves,
  type ObservedPool,
  type ObservedWorker,
  type PoolLoad,
  type WorkerExit,
  type WorkerPhase,
} from "./observed-pool.ts";
import type { PoolMemory } from "./pool-memory.ts";
import { isPeriodic } from "./recycling-policy.ts";
import { reconcilePool, type PoolPlan } from "./reconcile-pool.ts";

/** A worker process of the model. */
export type ModelWorker = { -readonly [Key in keyof ObservedWorker]: ObservedWorker[Key] };

/** Sees each plan before its actions are performed: where the invariants are checked. */
export type PlanInspector = (world: ModelWorld, plan: PoolPlan) => void;

/** Listeners report on change, at most this often; workers report at once, which makes the two views differ. */
const reportIntervalMs = 50;

/** More turns than this at one moment and the controller is chasing its own tail. */
const turnsMax = 10;

/** One pool and everything around it. */
export class ModelWorld {
  now = 0;
  /** Undefined: the pool was removed. */
  desired: DesiredPool | undefined;
  workers: ModelWorker[] = [];
  /** Workers whose event loop is stuck, and since when: they neither speak nor finish nor go. */
  readonly stuck = new Map<WorkerProcessId, number>();
  /** Requests in the queue. */
  waiting = 0;
  offline = false;
  /** False: listeners are silent, only the queue's own signal speaks. */
  listenersReport = true;
  memory: PoolMemory | undefined;
  /** When the controller asked to be called again. */
  wakeAt: number | undefined;
  readonly #inspect: PlanInspector;
  #finished = 0;
  #busyMs = 0;
  #exits: WorkerExit[] = [];
  #reported: PoolLoad = { waiting: 0, running: 0 };
  #reportedAt = 0;
  #launched = 0;
  readonly #askedFor = new Map<WorkerProcessId, ExitReason>();

  constructor(desired: DesiredPool, inspect: PlanInspector) {
    this.desired = desired;
    this.#inspect = inspect;
    this.turn();
  }

  /** All but orphans. */
  get inService(): readonly ModelWorker[] {
    return this.workers.filter((worker) => !isOrphan(worker));
  }

  get serving(): readonly ModelWorker[] {
    return this.workers.filter(serves);
  }

  /** Requests of clients; refused while the pool is stopped, offline or gone. */
  arrive(requests: number): void {
    if (this.desired?.enabled && !this.offline) this.waiting += requests;
  }

  /** A worker that starts, or was thawed, takes requests. */
  becomeReady(worker: ModelWorker): void {
    if (this.stuck.has(worker.id)) return;
    if (worker.phase === "starting" || worker.phase === "resuming") this.#enter(worker, "ready");
  }

  /** A worker that rests is frozen once it has nothing in hand, and said so. */
  freeze(worker: ModelWorker): void {
    if (this.stuck.has(worker.id)) return;
    if (worker.phase === "resting" && worker.running === 0) this.#enter(worker, "suspended");
  }

  /** A worker finishes one request, or all that it has in hand. */
  finish(worker: ModelWorker, all: boolean): void {
    if (this.stuck.has(worker.id)) return;
    const left = all ? 0 : Math.max(0, worker.running - 1);
    this.#finished += worker.running - left;
    this.#busyMs += 100 * (worker.running - left);
    worker.running = left;
  }

  /** A process ends: by itself, or because it was asked to and has nothing in hand any more. */
  end(worker: ModelWorker): void {
    const askedFor = this.#askedFor.get(worker.id);
    this.workers = this.workers.filter((other) => other !== worker);
    this.#exits.push(this.#exitOf(worker, { ...(askedFor && { askedFor }) }));
  }

  #exitOf({ id, pool, phase }: ModelWorker, how: Partial<WorkerExit>): WorkerExit {
    const unknown = { signal: null, outOfMemory: false, detail: "" };
    return { id, pool, phase, code: 1, ...unknown, at: this.now, ...how };
  }

  /** Lets time pass; the controller is called when its wakes fall due. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (
      let next = this.#nextTurn();
      next !== undefined && next <= until;
      next = this.#nextTurn()
    ) {
      this.now = Math.max(this.now, next);
      this.turn();
    }
    this.now = until;
  }

  /**
   * Lets time pass in small steps in which everybody behaves: what starts is ready within a step, requests
   * are answered within a step, who was asked to rest or to go does so once it has nothing in hand.
   */
  behave(ms: number, stepMs: number): void {
    for (const until = this.now + ms; this.now < until; this.pass(stepMs)) {
      const before = JSON.stringify([this.workers, this.waiting]);
      for (const worker of this.workers) {
        this.becomeReady(worker);
        this.finish(worker, true);
        this.freeze(worker);
        const goes = worker.phase === "draining" && !this.stuck.has(worker.id);
        if (goes || worker.phase === "stopping") this.end(worker);
      }
      if (JSON.stringify([this.workers, this.waiting]) !== before) this.turn();
    }
  }

  /** The controller's turns at one moment, until its plan is empty. Throws when it never is. */
  turn(): void {
    for (let turns = 0; turns < turnsMax; turns++) {
      this.#takeRequests();
      this.#report();
      const plan = this.#plan();
      this.#inspect(this, plan);
      this.#exits = [];
      for (const action of plan.actions) this.#perform(action);
      // A plain value: the shell may keep it as JSON.
      this.memory = plan.memory && (JSON.parse(JSON.stringify(plan.memory)) as PoolMemory);
      this.wakeAt = plan.wakeInMs === undefined ? undefined : this.now + plan.wakeInMs;
      if (plan.actions.length === 0) return;
    }
    throw new Error(`the plan is not empty after ${turnsMax} turns`);
  }

  #nextTurn(): number | undefined {
    const { waiting, running } = this.#load;
    const changed = waiting !== this.#reported.waiting || running !== this.#reported.running;
    return earliest(this.wakeAt, changed ? this.#reportedAt + reportIntervalMs : undefined);
  }

  get #load(): PoolLoad {
    const running = this.workers.reduce((sum, worker) => sum + worker.running, 0);
    return { waiting: this.waiting, running };
  }

  #report(): void {
    if (this.now < this.#reportedAt + reportIntervalMs) return;
    this.#reported = this.#load;
    this.#reportedAt = this.now;
  }

  #plan(): PoolPlan {
    return reconcilePool(this.desired, this.observed, this.memory, this.now);
  }

  get observed(): ObservedPool {
    return {
      pool: "app",
      workers: this.workers.map((worker) => this.#view(worker)),
      load: this.listenersReport ? this.#reported : undefined,
      arrivedWithoutWorker:
        this.waiting > 0 && !this.workers.some((worker) => worker.phase === "ready"),
      offline: this.offline,
      exits: this.#exits,
      work: { finished: this.#finished, busyMs: this.#busyMs },
    };
  }

  /** Whoever is not stuck, nor frozen, has just spoken, once it is ready. */
  #view(worker: ModelWorker): ObservedWorker {
    const { id, phase, phaseSince } = worker;
    const frozen = phase === "suspended" || phase === "resuming";
    const heardAt = this.stuck.get(id) ?? (frozen ? phaseSince : this.now);
    return { ...worker, ...(phase !== "starting" && { heardAt }) };
  }

  #takeRequests(): void {
    const concurrency = this.desired?.pool.concurrency ?? 1;
    for (const worker of this.workers) {
      if (this.stuck.has(worker.id)) continue;
      // What was asked for before it came to rest is still brought.
      if (worker.phase !== "ready" && worker.phase !== "resting") continue;
      const taken = Math.max(0, Math.min(this.waiting, concurrency - worker.running));
      worker.running += taken;
      worker.taken = (worker.taken ?? 0) + taken;
      this.waiting -= taken;
    }
  }

  #perform(action: Action): void {
    switch (action.kind) {
      case "startWorker":
        this.#launch(action.generation);
        break;
      case "suspendWorker":
        this.#enter(this.#find(action.worker), "resting");
        break;
      case "resumeWorker":
        this.#wake(this.#find(action.worker));
        break;
      case "drainWorker":
      case "killWorker": {
        const worker = this.#find(action.worker);
        this.#askedFor.set(worker.id, action.exitReason);
        if (action.kind === "drainWorker" && isPeriodic(action.recycling)) worker.recycled = true;
        this.#enter(worker, action.kind === "killWorker" ? "stopping" : "draining");
        break;
      }
      case "orphanWorker":
        this.#orphan(this.#find(action.worker));
        break;
      case "takePoolOffline":
        this.offline = true;
        this.waiting = 0;
        break;
      case "bringPoolOnline":
        this.offline = false;
        break;
      case "reportStartFailure":
        if (action.cause === "StartupTimeout") this.waiting = 0;
        break;
    }
  }

  /** It keeps its process, and what it had in hand is lost. */
  #orphan(worker: ModelWorker): void {
    const how = { askedFor: "ping_failure", orphaned: true } as const;
    this.#exits.push(this.#exitOf(worker, how));
    this.#askedFor.set(worker.id, "orphan");
    worker.running = 0;
    this.#enter(worker, "orphaned");
  }

  #wake(worker: ModelWorker): void {
    worker.woken = true;
    this.#enter(worker, "resuming");
  }

  #find(id: WorkerProcessId): ModelWorker {
    const worker = this.workers.find((each) => each.id === id);
    if (!worker) throw new Error(`${id} does not exist`);
    return worker;
  }

  #launch(generation: string): void {
    this.workers.push({
      id: `app-${++this.#launched}`,
      pool: "app",
      generation,
      phase: "starting",
      phaseSince: this.now,
      startedAt: this.now,
      running: 0,
    });
  }

  #enter(worker: ModelWorker, phase: WorkerPhase): void {
    worker.phase = phase;
    worker.phaseSince = this.now;
  }
}
