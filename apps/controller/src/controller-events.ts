// Everything that can happen at the controller: each event moves its metric and writes one line.

import {
  describeExit,
  exitReasonOf,
  isFailure,
  type Action,
  type WorkerExit,
  type WorkerPhase,
} from "@penstock/activation";
import type { EngineOperation } from "@penstock/docker-runtime";
import {
  operationalEvents,
  type OperationalEvent,
  type OperationalEventKind,
  type StartTrigger,
} from "@penstock/domain";
import type { AdminRefusal } from "./admin-server.ts";
import type { ReloadCause, ReloadOutcome } from "./configuration/reload-outcome.ts";
import type { Log } from "@penstock/process";
import type { ControllerMetrics } from "./controller-metrics.ts";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";
import type { Leaving } from "./worker-orders.ts";

/** What {@link ControllerEvents} needs besides log and metrics. */
export interface ControllerEventsParts {
  readonly epochNow: () => number;
  /** Keeps an event for operators. */
  readonly record: (event: OperationalEvent) => void;
}

/** How a start came about. */
export interface WorkerStart {
  readonly trigger: StartTrigger;
  /** The pool had no other worker. */
  readonly cold: boolean;
  /** How long its image was fetched, milliseconds; missing where it was there. */
  readonly pulledMs?: number;
}

/** Events of actions. A start is told once the process is there. */
const ACTION_EVENTS = {
  drainWorker: "worker.draining",
  killWorker: "worker.killed",
  orphanWorker: "worker.orphaned",
  suspendWorker: "worker.suspending",
  resumeWorker: "worker.resuming",
  takePoolOffline: "pool.offline",
  bringPoolOnline: "pool.online",
  reportStartFailure: "pool.start_failed",
} as const satisfies Record<Exclude<Action["kind"], "startWorker">, OperationalEventKind>;

const WARNINGS: ReadonlySet<Action["kind"]> = new Set([
  "killWorker",
  "orphanWorker",
  "reportStartFailure",
]);

/** How a worker was found that does not just run. */
const ADOPTED: Partial<Record<WorkerPhase, string>> = {
  suspended: "sleeps",
  orphaned: "is out of service, for a debugger",
};

/** Counts, logs and keeps what happens. */
export class ControllerEvents {
  readonly #log: Log;
  readonly #metrics: ControllerMetrics;
  readonly #epochNow: () => number;
  /** Workers that were started here and are not ready yet: since when they run, and whether theirs is a cold start. */
  readonly #starting = new Map<string, { readonly runsSince: number; readonly cold: boolean }>();

  readonly #record: (event: OperationalEvent) => void;

  constructor(log: Log, metrics: ControllerMetrics, parts: ControllerEventsParts) {
    const { epochNow, record } = parts;
    this.#record = record;
    this.#log = log;
    this.#metrics = metrics;
    this.#epochNow = epochNow;
  }

  /** An action is about to be taken. */
  acting(action: Action): void {
    const { pool, reason } = action;
    const series = this.#metrics.pools.of(pool);
    if (action.kind === "startWorker") series.scaledUp(action.trigger).add();
    else if (action.kind === "drainWorker") {
      series.scaledDown(action.exitReason).add();
      // What an operator asks is counted when it is asked, once for all workers.
      const { recycling } = action;
      if (recycling && recycling !== "on_demand") series.recycles(recycling).add();
    } else if (action.kind === "orphanWorker") series.pingFailures.add();
    const facts = {
      event: `pool.${action.kind}`,
      pool,
      reason,
      ...("worker" in action && { worker: action.worker }),
      ...("cause" in action && typeof action.cause === "object" && { detail: action.cause.detail }),
    };
    if (action.kind !== "startWorker") {
      const worker = "worker" in action ? { worker: action.worker } : {};
      const what = "worker" in action ? `worker ${action.worker}` : `pool ${pool}`;
      this.#record({
        kind: ACTION_EVENTS[action.kind],
        pool,
        ...worker,
        message: `${what}: ${reason}`,
      });
    }
    if (action.kind === "takePoolOffline") {
      series.rapidFailTrips.add();
      this.#log.error(facts, `pool ${pool} is offline: ${reason}`);
    } else if (WARNINGS.has(action.kind)) {
      this.#log.warn(facts, `${action.kind} in pool ${pool}: ${reason}`);
    } else {
      this.#log.info(facts, `${action.kind} in pool ${pool}: ${reason}`);
    }
  }

  workerStarted(worker: ObservedWorkerProcess, { trigger, cold, pulledMs }: WorkerStart): void {
    const series = this.#metrics.pools.of(worker.pool);
    series.starts(trigger).add();
    const runsSince = this.#epochNow();
    if (pulledMs !== undefined) series.startDuration("pull").observe(pulledMs / 1000);
    series.startDuration("create").observe((runsSince - worker.startedAt - (pulledMs ?? 0)) / 1000);
    this.#starting.set(worker.id, { runsSince, cold: cold && trigger === "demand" });
    const { id, pool, pid } = worker;
    this.#log.info(
      { event: "worker.started", pool, worker: id, pid, trigger },
      `worker ${id} started`,
    );
    const message = `worker ${id} was started: ${trigger}`;
    this.#record({ kind: "worker.started", pool, worker: id, message });
  }

  workerReady(worker: ObservedWorkerProcess): void {
    const start = this.#starting.get(worker.id);
    if (start === undefined) {
      // An adopted worker: its start was another controller's.
      const { id, pool } = worker;
      const message = `worker ${id}, which was adopted, takes requests`;
      this.#record({ kind: "worker.ready", pool, worker: id, message });
      return;
    }
    this.#starting.delete(worker.id);
    const now = this.#epochNow();
    const tookMs = now - worker.startedAt;
    const series = this.#metrics.pools.of(worker.pool);
    series.startDuration("boot").observe((now - start.runsSince) / 1000);
    if (start.cold) {
      series.coldStarts.add();
      series.coldStartDuration.observe(tookMs / 1000);
    }
    const { id, pool } = worker;
    this.#log.info(
      { event: "worker.ready", pool, worker: id, tookMs: Math.round(tookMs) },
      `worker ${id} is ready after ${Math.round(tookMs)} ms`,
    );
    const message = `worker ${id} is ready after ${Math.round(tookMs)} ms`;
    this.#record({ kind: "worker.ready", pool, worker: id, message });
  }

  /** A pool wants more workers than its host has room for. */
  poolShort(pool: string, reason: string): void {
    const message = `pool ${pool} waits for a worker: ${reason}`;
    this.#log.warn({ event: "pool.short", pool, reason }, message);
    this.#record({ kind: "pool.short", pool, message });
  }

  /** The time is over for which a pool was to hold workers. */
  holdEnded(pool: string, workers: number): void {
    const what = workers === 1 ? "1 worker" : `${workers} workers`;
    const message = `pool ${pool} goes by its demand again: the time for which it was to hold ${what} is over`;
    this.#log.info({ event: "pool.scale_ended", pool, workers }, message);
    this.#record({ kind: "pool.scale_ended", pool, message });
  }

  workerSuspended({ id, pool }: ObservedWorkerProcess): void {
    this.#metrics.pools.of(pool).suspensions.add();
    this.#log.info(
      { event: "worker.suspended", pool, worker: id },
      `worker ${id} sleeps: it has nothing in hand and is frozen`,
    );
    const message = `worker ${id} sleeps: it has nothing in hand and is frozen`;
    this.#record({ kind: "worker.suspended", pool, worker: id, message });
  }

  /** `tookMs`: from the decision to the worker's word that it takes requests. */
  workerResumed({ id, pool }: ObservedWorkerProcess, tookMs: number): void {
    this.#metrics.pools.of(pool).resumeDuration.observe(tookMs / 1000);
    this.#log.info(
      { event: "worker.resumed", pool, worker: id, tookMs: Math.round(tookMs) },
      `worker ${id} is awake after ${Math.round(tookMs)} ms`,
    );
    const message = `worker ${id} is awake after ${Math.round(tookMs)} ms`;
    this.#record({ kind: "worker.resumed", pool, worker: id, message });
  }

  /** A worker leaves that no plan let go. */
  workerLeaves({ id, pool }: ObservedWorkerProcess, how: Leaving, why: string): void {
    const kind = how === "draining" ? "worker.draining" : "worker.killed";
    this.#log.info({ event: kind, pool, worker: id, reason: why }, `worker ${id} leaves: ${why}`);
    this.#record({ kind, pool, worker: id, message: `worker ${id}: ${why}` });
  }

  workerAdopted({ id, pool, pid, phase }: ObservedWorkerProcess): void {
    const how = ADOPTED[phase] ?? "runs already";
    this.#log.info(
      { event: "worker.adopted", pool, worker: id, pid },
      `worker ${id} ${how}: adopted`,
    );
    const message = `worker ${id} ${how}: adopted`;
    this.#record({ kind: "worker.adopted", pool, worker: id, message });
  }

  workerExited(exit: WorkerExit): void {
    const reason = exitReasonOf(exit);
    const series = this.#metrics.pools.of(exit.pool);
    series.exits(reason).add();
    if (reason === "ping_failure") series.pingFailures.add();
    this.#starting.delete(exit.id);
    const { id, pool, code, signal } = exit;
    const facts = { event: "worker.exited", pool, worker: id, reason, code, signal };
    if (isFailure(reason))
      this.#log.error({ ...facts, detail: exit.detail }, `${describeExit(exit)}: ${reason}`);
    else this.#log.info(facts, `${describeExit(exit)}: ${reason}`);
    const message = `${describeExit(exit)}: ${reason}`;
    this.#record({ kind: `worker.exited.${reason}`, pool, worker: id, message });
  }

  output(pool: string, worker: string, stream: "stdout" | "stderr", line: string): void {
    this.#log.info({ event: "worker.output", pool, worker, stream, line }, `${worker} | ${line}`);
  }

  reconciled(seconds: number): void {
    this.#metrics.reconcile.observe(seconds);
  }

  /** At the start. */
  configured(pools: number, file: string): void {
    this.#configurationInOrder();
    this.#log.info(
      { event: "configuration.applied", pools, file },
      `${pools} pools configured from ${file}`,
    );
    const message = `${pools} pools configured from ${file}`;
    this.#record({ kind: "configuration.loaded", message });
  }

  /** A reload came to an end. */
  reloaded(cause: ReloadCause, file: string, outcome: ReloadOutcome): void {
    if (outcome.kind === "planned") return;
    this.#metrics.reloads(outcome.kind).add();
    const facts = { event: `configuration.${outcome.kind}`, cause, file };
    if (outcome.kind === "invalid" || outcome.kind === "refused") {
      this.#metrics.lastSuccessful.set(0);
      const faults = outcome.kind === "invalid" ? outcome.faults : [outcome.message];
      const why = `the configuration stays as it was: ${faults.join("\n")}`;
      this.#log.error({ ...facts, faults }, why);
      this.#record({ kind: "configuration.refused", message: why });
      return;
    }
    this.#configurationInOrder();
    const { generation, changes, warnings } = outcome;
    const what = changes.length > 0 ? changes.join("; ") : "nothing changed";
    this.#log.info({ ...facts, generation, changes }, `configuration reloaded: ${what}`);
    for (const warning of warnings) this.withoutEffect(warning);
    if (outcome.kind === "applied")
      this.#record({ kind: "configuration.applied", message: `by ${cause}: ${what}` });
  }

  /** The pools that are counted, all of them. */
  poolsConfigured(pools: readonly string[]): void {
    this.#metrics.pools.configure(pools);
  }

  #configurationInOrder(): void {
    this.#metrics.lastSuccessful.set(1);
    this.#metrics.lastSuccess.set(this.#epochNow() / 1000);
  }

  /** A setting of the configuration that this runtime cannot keep. */
  withoutEffect(what: string): void {
    this.#log.warn({ event: "configuration.without_effect" }, what);
  }

  /** `percent`: 0 at the beginning of a pull, 100 when the image is there. */
  pulling(image: string, percent: number): void {
    const what =
      percent === 100 ? `image ${image} is pulled` : `pulling image ${image}: ${percent} %`;
    this.#log.info({ event: "image.pull", image, percent }, what);
  }

  engineCalled(operation: EngineOperation, seconds: number, failed: boolean): void {
    this.#metrics.engineCalls(operation).observe(seconds);
    if (failed) this.#metrics.engineErrors(operation).add();
  }

  engineReachable(reachable: boolean): void {
    if (reachable) this.#log.info({ event: "engine.reachable" }, "the Docker engine answers again");
    else this.#log.error({ event: "engine.lost" }, "the Docker engine does not answer");
  }

  queueRemoved(pool: string): void {
    this.#log.info(
      { event: "queue.removed", pool },
      `the queue of pool ${pool} was removed: it is not configured any more`,
    );
    this.#record({ kind: "pool.removed", pool, message: `pool ${pool} was removed` });
  }

  /** An operator had a pool's workers replaced. */
  recycled(pool: string): void {
    this.#metrics.pools.of(pool).recycles("on_demand").add();
  }

  /** Another configuration has a pool's workers replaced. */
  rotated(pool: string): void {
    const message = `pool ${pool}: its configuration changed, its workers are replaced`;
    this.#record({ kind: "pool.rotated", pool, message });
  }

  /** A pool's canary has taken its place. */
  promoted(pool: string): void {
    const message = `pool ${pool}: every worker runs the version of its canary, which is seen off`;
    this.#log.info({ event: "pool.promoted", pool }, message);
    this.#record({ kind: "pool.promoted", pool, message });
  }

  /** An operator had something done. */
  readonly operated = (command: string, subject: string, by: string, how = ""): void => {
    const pool = subject.startsWith("pool ") ? subject.slice("pool ".length) : undefined;
    const kind = `operator.pool.${command}`;
    this.#record({
      kind: pool !== undefined && isKind(kind) ? kind : "operator.commanded",
      ...(pool !== undefined && { pool }),
      message: `${command} ${subject}${how}: asked by an operator at ${by}`,
    });
    this.#log.info(
      { event: "operator.commanded", command, subject, by },
      `${command} ${subject}${how}: asked by an operator at ${by}`,
    );
  };

  /** The admin API refused somebody before it looked at what they wanted. */
  readonly adminRefused = (why: AdminRefusal): void => {
    this.#metrics.adminRefusals(why).add();
  };

  tokenRenewed(pool: string, worker: string): void {
    this.#log.debug(
      { event: "token.renewed", pool, worker },
      `worker ${worker} was sent a new token`,
    );
  }

  sleeperStale(pool: string, worker: string): void {
    this.#log.info(
      { event: "worker.stale", pool, worker },
      `worker ${worker} has slept for so long that its credentials end: it goes`,
    );
  }

  credentialsRevoked(kind: string, name: string, key: string): void {
    this.#log.info(
      { event: "credentials.revoked", kind, name, key },
      `the credentials of ${kind} ${name} are refused from now on`,
    );
    const message = `the credentials of ${kind} ${name} are refused from now on`;
    // A worker's end says as much: they are revoked with it.
    if (kind !== "worker") this.#record({ kind: "credentials.revoked", message });
  }

  /** `shared`: not those of pools alone. */
  keysRotated(pools: number, shared: boolean): void {
    this.#log.info(
      { event: "keys.rotated", pools, shared },
      `new signing keys for ${pools} pools${shared ? " and what they share" : ""}`,
    );
    const message = `new signing keys for ${pools} pools${shared ? " and what they share" : ""}`;
    this.#record({ kind: "keys.rotated", message });
  }

  keysRetired(what: string, keys: number): void {
    this.#log.info(
      { event: "keys.retired", what, keys },
      `the former signing keys of ${what} are refused from now on`,
    );
    const message = `the former signing keys of ${what} are refused from now on`;
    this.#record({ kind: "keys.retired", message });
  }

  failed(what: string, cause: unknown): void {
    this.#metrics.reconcileErrors.add();
    this.#log.error({ event: "controller.failed", what, err: cause }, `${what} failed`);
  }
}

function isKind(text: string): text is OperationalEventKind {
  return Object.hasOwn(operationalEvents, text);
}
