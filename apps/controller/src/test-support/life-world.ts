// The whole life of pools without a process, a broker or a clock of its own: the real controller, its real
// decisions and its real shell, on the twin of a runtime, among workers, requests, operators and faults that a
// test chooses. What must hold at every moment is checked where it could be broken.

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { PoolCommand, PoolStanding, WorkerLaunch } from "@penstock/activation";
import { InMemoryWorkerRuntime } from "@penstock/activation/in-memory";
import { generationOf, versionsOf } from "@penstock/configuration";
import type { ApplicationPool } from "@penstock/domain";
import { createLog } from "@penstock/process";
import { Metrics } from "@penstock/process/metrics";
import { ManualClock } from "@penstock/testing";
import type { ListenerLoad, PoolState, WorkerReport } from "@penstock/wire";
import { ControllerEvents } from "../controller-events.ts";
import { createControllerMetrics } from "../controller-metrics.ts";
import { Controller } from "../controller.ts";
import { ObservedPools } from "../observed-pools.ts";
import { PoolStandings } from "../pool-standings.ts";
import { LifeEvents } from "./life-events.ts";
import { LifeRequests } from "./life-requests.ts";
import { guarded } from "./life-runtime.ts";
import { LifeWorker, type StartFate } from "./life-worker.ts";

/** Workers report at least this often, milliseconds. */
const REPORT_MS = 5000;

/** Time passes in steps of this, milliseconds. */
const STEP_MS = 1000;

/** A world that is busy for longer without time passing chases its own tail. */
const TURNS_MAX = 200;

const silent = createLog({ component: "life", level: "fatal", pretty: false });

interface Heard {
  report?: (pool: string, worker: string, report: WorkerReport) => void;
  load?: (listener: string, load: ListenerLoad) => void;
}

interface Running extends Readonly<Heard> {
  readonly controller: Controller;
  readonly pools: ObservedPools;
  readonly standings: PoolStandings;
  readonly events: ControllerEvents;
}

/** The world. */
export class LifeWorld {
  readonly clock = new ManualClock(1_000_000);
  readonly workers: LifeWorker[] = [];
  /** What becomes of the next starts. */
  fate: StartFate = "ready";
  engineAway = false;
  #configured: readonly ApplicationPool[];
  readonly #requests = new Map<string, LifeRequests>();
  readonly #standings = new Map<string, PoolStanding>();
  readonly #killed = new Set<string>();
  readonly #told = new LifeEvents();
  #runtime: InMemoryWorkerRuntime;
  #running: Running | undefined;
  #reloaded = false;
  /** Rises with all that happens: a world that is at rest does not move it. */
  #activity = 0;

  constructor(configured: readonly ApplicationPool[]) {
    this.#configured = configured;
    const now = (): number => this.clock.now();
    this.#runtime = new InMemoryWorkerRuntime(
      {
        onLaunch: (process) => {
          if (this.fate === "fails") throw new Error("no such program");
          const start = { at: now(), fate: this.fate };
          this.workers.push(new LifeWorker(process, this.requests(process.launch.pool), start));
          if (this.fate === "exits") process.exit(1);
        },
        onDrain: (process) => this.#worker(process.launch.id)?.leave(now()),
      },
      now,
    );
  }

  /** The requests of a pool. */
  requests(pool: string): LifeRequests {
    let requests = this.#requests.get(pool);
    if (!requests) this.#requests.set(pool, (requests = new LifeRequests()));
    return requests;
  }

  /** A controller begins, the first or a successor, and finds what is there. */
  async startController(configured = this.#configured): Promise<void> {
    if (this.#running) return;
    this.#configured = configured;
    this.#runtime = this.#runtime.successor();
    const pools = new ObservedPools();
    const standings = await PoolStandings.load({
      store: {
        load: (pool) => Promise.resolve(this.#standings.get(pool)),
        save: (pool, standing) => Promise.resolve(void this.#standings.set(pool, standing)),
      },
      routing: {
        publishState: (pool, state: PoolState) =>
          Promise.resolve(this.#note(() => this.requests(pool).tell(state))),
      },
      pools,
      configured: this.#configured,
      queued: [],
      generationOf,
      versionsOf,
    });
    await standings.publish();
    const metrics = createControllerMetrics(new Metrics(), {
      pools,
      configured: () => [],
      queues: { of: () => ({ messages: 0, bytes: 0, oldestAgeMs: 0, enqueued: 0 }) },
      queueBytesMax: () => 0,
      recentFailures: () => 0,
    });
    const epochNow = (): number => this.clock.now();
    const events = new ControllerEvents(silent, metrics, { epochNow, record: this.#told.record });
    const heard: Heard = {};
    const controller = new Controller({
      pools,
      standings,
      events,
      runtime: guarded(this.#runtime, {
        launch: (launch) => this.#note(() => this.#mayStart(launch)),
        suspend: (id) => this.#note(() => this.#maySuspend(id)),
        kill: (id) => this.#note(() => this.#mayKill(id)),
        reachable: () => !this.engineAway,
      }),
      hostLimits: () => ({ maxWorkers: 0, memoryBytes: 0 }),
      queues: {
        depth: (pool) =>
          Promise.resolve({
            messages: this.requests(pool).waiting.length,
            bytes: 0,
            oldestAgeMs: 0,
            enqueued: 0,
          }),
      },
      signals: {
        watchDemand: (pool, arrived) =>
          Promise.resolve(void (this.requests(pool).arrived = arrived)),
        ignoreDemand: (pool) => void (this.requests(pool).arrived = undefined),
        onWorkerReport: (reported) => void (heard.report = reported),
        onListenerLoad: (reported) => void (heard.load = reported),
        ask: (_pool, id, order) => this.#note(() => this.#worker(id)?.hear(order)),
        tell: (pool, event) =>
          this.#note(() => {
            if (event.kind === "startTimedOut") this.requests(pool).refuse();
            else this.#lost(event.worker);
          }),
      },
      identities: {
        issue: () => "",
        revoke: (id) => Promise.resolve(this.#worker(id)?.cutOff()),
        revokeAllBut: (living) => {
          for (const worker of this.workers) if (!living.has(worker.id)) worker.cutOff();
          return Promise.resolve();
        },
      },
      clock: this.clock,
      epochNow,
      wallNow: epochNow,
      connected: () => true,
      leads: () => this.#running?.controller === controller || !this.#running,
      natsUrl: "nats://nowhere",
    });
    await controller.start();
    this.#running = { controller, pools, standings, events, ...heard };
    // Those that speak do so at once, and the rest is looked at as it is found.
    this.#reloaded = true;
    await this.settle();
  }

  /** The controller ends without a word. Workers and requests go on. */
  killController(): void {
    this.#running?.controller.stop();
    this.#running = undefined;
    this.#told.forget();
    for (const requests of this.#requests.values()) requests.arrived = undefined;
  }

  /** An operator asks something of a pool. */
  async command(pool: string, command: PoolCommand): Promise<void> {
    const outcome = await this.#running?.controller.operations.command(pool, command);
    if (outcome?.kind === "obeyed") this.#running?.events.operated(command, `pool ${pool}`, "me");
  }

  /** An operator has a pool hold workers. */
  async scale(pool: string, workers: number, forMs?: number): Promise<void> {
    const outcome = await this.#running?.controller.operations.scale(pool, workers, forMs);
    if (outcome?.kind === "obeyed") this.#running?.events.operated("scale", `pool ${pool}`, "me");
  }

  /** An operator ends a worker. */
  async endWorker(id: string, how: "stop" | "kill"): Promise<void> {
    if (how === "kill" && this.#running) this.#killed.add(id);
    await this.#running?.controller.ends.end(id, how).catch(() => this.engineAway || assert.fail());
  }

  /** Another configuration comes into force. Pools that it does not name serve nobody any more. */
  async reload(configured: readonly ApplicationPool[]): Promise<void> {
    if (!this.#running) return;
    const { controller, standings } = this.#running;
    const names = new Set([...this.#configured, ...configured].map(({ name }) => name));
    this.#configured = configured;
    await standings.reconfigure(configured, () => Promise.resolve());
    for (const name of names)
      if (!configured.some((pool) => pool.name === name)) {
        this.requests(name).tell({ state: "disabled", detail: "The pool was removed." });
        await standings.remove(name);
        this.#standings.delete(name);
      }
    this.#reloaded = true;
    controller.reconfigured([...names]);
  }

  /** Lets time pass. */
  async pass(ms: number, meanwhile?: () => void): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.clock.advance(Math.min(STEP_MS, ms - passed));
      meanwhile?.();
      // Listeners find by themselves who has gone.
      for (const { id, process } of this.workers) if (process.ended) this.#lose(id);
      if (Math.floor(this.clock.now() / STEP_MS) % (REPORT_MS / STEP_MS) === 0) this.#report();
      await this.settle();
    }
  }

  /** Everybody who can does what is to be done now, until nobody has anything to do. Then all is checked. */
  async settle(): Promise<void> {
    for (let turns = 0, quiet = 0; quiet < 2; turns++) {
      assert.ok(turns < TURNS_MAX, "the world comes to rest");
      const before = this.#activity;
      for (const worker of this.workers)
        if (worker.step(this.clock.now())) this.#note(() => this.#reportOf(worker));
      this.#reportLoad();
      await turn();
      quiet = this.#activity === before ? quiet + 1 : 0;
    }
    if (this.#running) this.#check(this.#running);
    this.#reloaded = false;
  }

  #check({ pools }: Running): void {
    this.#told.check(pools, this.#reloaded);
    for (const { orphans } of pools.all()) {
      assert.ok(orphans.length <= 1, "one orphan at most");
      for (const { id } of orphans) assert.deepEqual(this.#worker(id)?.hand ?? [], []);
    }
  }

  #note<Result>(what: () => Result): Result {
    this.#activity++;
    return what();
  }

  #worker(id: string): LifeWorker | undefined {
    return this.workers.find((worker) => worker.id === id);
  }

  #report(): void {
    for (const worker of this.workers) this.#reportOf(worker);
  }

  #reportOf(worker: LifeWorker): void {
    const { report } = worker;
    if (report) this.#running?.report?.(worker.pool, worker.id, report);
  }

  #reportLoad(): void {
    const pools = Array.from(this.#requests, ([pool, { waiting }]) => ({
      pool,
      waiting: waiting.length,
      running: this.workers
        .filter((worker) => worker.pool === pool)
        .reduce((sum, { hand }) => sum + hand.length, 0),
    }));
    this.#running?.load?.("listener", { complete: true, pools });
  }

  /** The controller has given a worker up, whether it ended or not. */
  #lost(id: string): void {
    const worker = this.#worker(id);
    if (!worker || worker.process.ended) return this.#lose(id);
    assert.ok(worker.wasStuck, "nobody who speaks is given up");
    this.requests(worker.pool).lost(worker.hand.splice(0));
  }

  /** A worker that ended holds nothing any more. */
  #lose(id: string): void {
    const at = this.workers.findIndex((worker) => worker.id === id && worker.process.ended);
    const [gone] = at < 0 ? [] : this.workers.splice(at, 1);
    if (gone) this.requests(gone.pool).lost(gone.hand.splice(0));
  }

  // ---- what the controller may do

  #mayStart({ pool }: WorkerLaunch): void {
    const desired = this.#running?.standings.desired.get(pool);
    // It may have been removed in the same moment.
    if (!desired) return;
    const { maxProcesses } = desired.pool.processModel;
    const orphans = this.#running?.pools.of(pool).orphans ?? [];
    const living = this.workers.filter(
      (each) =>
        each.pool === pool && !each.process.ended && !orphans.some(({ id }) => id === each.id),
    );
    const staying = living.filter(({ leavingSince }) => leavingSince === undefined);
    const old = staying.some(({ generation }) => generation !== desired.generation);
    assert.ok(desired.enabled, "nothing starts in a pool that is stopped");
    assert.ok(living.length < 2 * maxProcesses, "never more than twice the limit live");
    assert.ok(
      staying.length < maxProcesses + (old ? 1 : 0),
      "one more than the limit, beside an old one",
    );
  }

  #maySuspend(id: string): void {
    const worker = this.#worker(id);
    assert.ok(!worker || worker.hand.length === 0 || worker.wasStuck, "only the idle are frozen");
  }

  #mayKill(id: string): void {
    const worker = this.#worker(id);
    if (!worker || worker.hand.length === 0 || worker.wasStuck || this.#killed.has(id)) return;
    const limitMs = worker.process.launch.shutdownTimeLimitMs;
    const since = worker.leavingSince ?? Infinity;
    assert.ok(this.clock.now() - since >= limitMs, "nobody with work in hand is killed too early");
  }
}
