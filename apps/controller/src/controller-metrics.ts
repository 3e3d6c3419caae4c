// The controller's metrics. Names and labels are an interface: docs/metrics.md lists them. Queue gauges come
// from a cache that is refreshed apart from scrapes, so that a scrape never waits for the broker.

import {
  exitReasons,
  recycleCauses,
  startTriggers,
  type ExitReason,
  type RecycleCause,
  type StartTrigger,
} from "@penstock/domain";
import { engineOperations, type EngineOperation } from "@penstock/docker-runtime";
import type { HotCounter, HotHistogram, Metrics, PerPool } from "@penstock/process/metrics";
import { createReloadMetrics, type ReloadMetrics } from "./configuration/reload-metrics.ts";
import { adminRefusals, type AdminRefusal } from "./admin-server.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { QueueGauges } from "./queue-gauges.ts";

const COLD_BOUNDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];
const START_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const ENGINE_BOUNDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];
const STAGES = ["pull", "create", "boot"] as const;
const RESUME_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const RECONCILE_BOUNDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5];
const POOL_STATES = ["stopped", "starting", "started", "draining", "rapid_fail"] as const;
/** Why a worker is asked to go; any other exit is nobody's decision. */
const DRAIN_CAUSES = [
  "idle",
  "scale_down",
  "recycle",
  "manual",
] as const satisfies readonly ExitReason[];
const WORKER_STATES = ["starting", "ready", "suspended", "draining", "orphaned"] as const;

/** One pool's series, bound. */
export interface PoolSeries {
  readonly starts: (trigger: StartTrigger) => HotCounter;
  readonly exits: (reason: ExitReason) => HotCounter;
  readonly pingFailures: HotCounter;
  readonly startDuration: (stage: (typeof STAGES)[number]) => HotHistogram;
  readonly coldStarts: HotCounter;
  readonly coldStartDuration: HotHistogram;
  readonly suspensions: HotCounter;
  readonly resumeDuration: HotHistogram;
  readonly rapidFailTrips: HotCounter;
  /** Workers asked for, by what asked for them. */
  readonly scaledUp: (cause: StartTrigger) => HotCounter;
  /** Workers let go, by why. */
  readonly scaledDown: (cause: ExitReason) => HotCounter;
  readonly recycles: (reason: RecycleCause) => HotCounter;
}

/** What the controller counts. */
export interface ControllerMetrics extends ReloadMetrics {
  readonly pools: PerPool<PoolSeries>;
  readonly reconcile: HotHistogram;
  readonly reconcileErrors: HotCounter;
  readonly engineCalls: (operation: EngineOperation) => HotHistogram;
  readonly engineErrors: (operation: EngineOperation) => HotCounter;
  readonly adminRefusals: (why: AdminRefusal) => HotCounter;
  readonly eventsDropped: HotCounter;
}

/** What the configuration says of a pool. */
export interface ConfiguredPool {
  readonly name: string;
  readonly enabled: boolean;
  readonly minProcesses: number;
  readonly maxProcesses: number;
  readonly queueLength: number;
  readonly concurrency: number;
}

/** What is read at each scrape. */
export interface ControllerGauges {
  readonly pools: ObservedPools;
  readonly configured: () => Iterable<ConfiguredPool>;
  readonly queues: Pick<QueueGauges, "of">;
  /** Bytes that so many waiting requests can hold at most. */
  readonly queueBytesMax: (queueLength: number) => number;
  /** Failures of workers that rapid-fail protection counts now. */
  readonly recentFailures: (pool: string) => number;
}

/** Makes the controller's metrics in a registry. */
export function createControllerMetrics(
  metrics: Metrics,
  gauges: ControllerGauges,
): ControllerMetrics {
  exportPoolGauges(metrics, gauges);
  const starts = metrics.counter({
    name: "penstock_worker_starts_total",
    help: "Worker processes started, by what triggered it.",
    labels: ["pool", "trigger"],
  });
  const exits = metrics.counter({
    name: "penstock_worker_exits_total",
    help: "Worker processes that ended, by reason.",
    labels: ["pool", "reason"],
  });
  const pingFailures = metrics.counter({
    name: "penstock_ping_failures_total",
    help: "Workers that fell silent and were ended for it, or left for a debugger.",
    labels: ["pool"],
  });
  const startDuration = metrics.histogram({
    name: "penstock_worker_start_duration_seconds",
    help: "Time that a start took: pull, to fetch its image where that was needed; create, until its process or container ran; boot, until it was ready.",
    labels: ["pool", "stage"],
    bounds: START_BOUNDS,
  });
  const coldStarts = metrics.counter({
    name: "penstock_cold_starts_total",
    help: "First workers of a pool that was at zero.",
    labels: ["pool"],
  });
  const coldStartDuration = metrics.histogram({
    name: "penstock_cold_start_duration_seconds",
    help: "From the decision to start the first worker until it was ready.",
    labels: ["pool"],
    bounds: COLD_BOUNDS,
  });
  const suspensions = metrics.counter({
    name: "penstock_worker_suspensions_total",
    help: "Idle workers that were frozen (idleTimeoutAction Suspend).",
    labels: ["pool"],
  });
  const resumeDuration = metrics.histogram({
    name: "penstock_worker_resume_duration_seconds",
    help: "From the decision to wake a worker that sleeps until it took requests.",
    labels: ["pool"],
    bounds: RESUME_BOUNDS,
  });
  const trips = metrics.counter({
    name: "penstock_rapid_fail_trips_total",
    help: "Times that rapid-fail protection took the pool offline.",
    labels: ["pool"],
  });
  const recycles = metrics.counter({
    name: "penstock_recycles_total",
    help: "Workers replaced although nothing was wrong with them, by reason; on_demand: times that an operator asked for all of the pool's.",
    labels: ["pool", "reason"],
  });
  const decisions = metrics.counter({
    name: "penstock_scale_decisions_total",
    help: "Workers asked for and let go, by what asked for it.",
    labels: ["pool", "direction", "cause"],
  });
  const reconcile = metrics.histogram({
    name: "penstock_reconcile_duration_seconds",
    help: "Time that one turn of decisions took.",
    bounds: RECONCILE_BOUNDS,
  });
  const reconcileErrors = metrics.counter({
    name: "penstock_reconcile_errors_total",
    help: "Actions that failed.",
  });
  const refusals = metrics.counter({
    name: "penstock_admin_refusals_total",
    help: "Requests that the admin API refused before it looked at what they wanted.",
    labels: ["reason"],
  });
  refusals.startAtZero({ reason: adminRefusals });
  const pools = metrics.perPool((pool): PoolSeries => {
    startDuration.startAtZero({ pool: [pool], stage: STAGES });
    starts.startAtZero({ pool: [pool], trigger: startTriggers });
    exits.startAtZero({ pool: [pool], reason: exitReasons });
    decisions.startAtZero({ pool: [pool], direction: ["up"], cause: startTriggers });
    decisions.startAtZero({ pool: [pool], direction: ["down"], cause: DRAIN_CAUSES });
    recycles.startAtZero({ pool: [pool], reason: recycleCauses });
    return {
      starts: starts.by("trigger", { pool }),
      exits: exits.by("reason", { pool }),
      pingFailures: pingFailures.series({ pool }),
      startDuration: startDuration.by("stage", { pool }),
      coldStarts: coldStarts.series({ pool }),
      coldStartDuration: coldStartDuration.series({ pool }),
      suspensions: suspensions.series({ pool }),
      resumeDuration: resumeDuration.series({ pool }),
      rapidFailTrips: trips.series({ pool }),
      scaledUp: decisions.by("cause", { pool, direction: "up" }),
      scaledDown: decisions.by("cause", { pool, direction: "down" }),
      recycles: recycles.by("reason", { pool }),
    };
  });
  return {
    pools,
    reconcile: reconcile.series({}),
    reconcileErrors: reconcileErrors.series({}),
    adminRefusals: refusals.by("reason", {}),
    eventsDropped: metrics
      .counter({
        name: "penstock_events_dropped_total",
        help: "Events that are not kept, because the broker was away for too long.",
      })
      .series({}),
    ...engineMetrics(metrics),
    ...createReloadMetrics(metrics),
  };
}

function engineMetrics(metrics: Metrics): Pick<ControllerMetrics, "engineCalls" | "engineErrors"> {
  const labels = ["engine", "operation"] as const;
  const calls = metrics.histogram({
    name: "penstock_engine_api_request_duration_seconds",
    help: "Time until the container engine began to answer a call.",
    labels,
    bounds: ENGINE_BOUNDS,
  });
  const errors = metrics.counter({
    name: "penstock_engine_api_errors_total",
    help: "Calls that the container engine did not answer, or answered with a fault of its own.",
    labels,
  });
  const docker = { engine: "docker" };
  for (const family of [calls, errors])
    family.startAtZero({ engine: [docker.engine], operation: engineOperations });
  return {
    engineCalls: calls.by("operation", docker),
    engineErrors: errors.by("operation", docker),
  };
}

function exportPoolGauges(metrics: Metrics, gauges: ControllerGauges): void {
  const perPool = (name: string, help: string, collect?: () => void) =>
    metrics.gauge({ name, help, labels: ["pool"], ...(collect && { collect }) });
  // The first of them reads for all: a scrape takes the metrics in the order in which they were made.
  const messages = perPool("penstock_queue_messages", "Requests that wait.", () => {
    for (const pool of gauges.configured()) read(pool);
  });
  const capacity = perPool(
    "penstock_queue_capacity_messages",
    "Requests that may wait (queueLength).",
  );
  const bytes = perPool("penstock_queue_bytes", "Bytes of waiting requests.");
  const capacityBytes = perPool(
    "penstock_queue_capacity_bytes",
    "Bytes that waiting requests can hold at most: queueLength times the broker's largest message, or all that the broker may hold where that is less.",
  );
  const oldest = perPool(
    "penstock_queue_oldest_message_age_seconds",
    "How long the oldest waiting request has waited.",
  );
  const desired = perPool("penstock_pool_workers_desired", "Workers that serve or start.");
  const min = perPool("penstock_pool_workers_min", "Workers that the pool keeps without demand.");
  const max = perPool("penstock_pool_workers_max", "Workers that the pool may have.");
  const slots = perPool("penstock_pool_slots", "Requests that ready workers can run at once.");
  const busy = perPool("penstock_pool_slots_busy", "Requests that workers run.");
  const failures = perPool(
    "penstock_pool_recent_failures",
    "Failures of workers that rapid-fail protection counts now.",
  );
  const workers = metrics.gauge({
    name: "penstock_pool_workers",
    help: "Worker processes, by state.",
    labels: ["pool", "state"],
  });
  const state = metrics.gauge({
    name: "penstock_pool_state",
    help: "1 for the state that the pool is in.",
    labels: ["pool", "state"],
  });
  const read = (pool: ConfiguredPool): void => {
    const of = { pool: pool.name };
    const sight = gauges.pools.of(pool.name);
    const views = [...sight.workers.values(), ...sight.launching.values()];
    const count = (phase: string): number =>
      views.filter((worker) => worker.phase === phase).length;
    const counts = {
      starting: count("starting") + count("resuming"),
      ready: count("ready"),
      suspended: count("suspended") + count("resting"),
      draining: count("draining") + count("stopping"),
      orphaned: count("orphaned"),
    };
    const depth = gauges.queues.of(pool.name);
    messages.series(of).set(depth.messages);
    capacity.series(of).set(pool.queueLength);
    bytes.series(of).set(depth.bytes);
    capacityBytes.series(of).set(gauges.queueBytesMax(pool.queueLength));
    oldest.series(of).set(depth.oldestAgeMs / 1000);
    desired.series(of).set(counts.starting + counts.ready);
    min.series(of).set(pool.minProcesses);
    max.series(of).set(pool.maxProcesses);
    slots.series(of).set(counts.ready * pool.concurrency);
    busy.series(of).set(views.reduce((sum, worker) => sum + worker.running, 0));
    for (const label of WORKER_STATES) workers.series({ ...of, state: label }).set(counts[label]);
    failures.series(of).set(gauges.recentFailures(pool.name));
    const now = exportedState(pool.enabled, sight.offline, counts);
    for (const label of POOL_STATES)
      state.series({ ...of, state: label }).set(label === now ? 1 : 0);
  };
}

/** As {@link poolState}, and a stopped pool whose workers still finish is draining. */
function exportedState(
  enabled: boolean,
  offline: boolean,
  counts: Readonly<Record<(typeof WORKER_STATES)[number], number>>,
): (typeof POOL_STATES)[number] {
  const state = poolState(enabled, offline, counts.ready, counts.starting);
  return state === "stopped" && counts.draining > 0 ? "draining" : state;
}

/** A pool at zero is started: it serves as soon as somebody asks. */
export function poolState(
  enabled: boolean,
  offline: boolean,
  ready: number,
  starting: number,
): (typeof POOL_STATES)[number] {
  if (!enabled) return "stopped";
  if (offline) return "rapid_fail";
  return ready === 0 && starting > 0 ? "starting" : "started";
}
