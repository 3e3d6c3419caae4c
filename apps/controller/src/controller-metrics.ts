// The controller's metrics. Names and labels are an interface: docs/metrics.md lists them. Queue gauges come
// from a cache that is refreshed apart from scrapes, so that a scrape never waits for the broker.

import { exitReasons, startTriggers, type ExitReason, type StartTrigger } from "@penstock/domain";
import type { HotCounter, HotHistogram, Metrics, PerPool } from "@penstock/process/metrics";
import { adminRefusals, type AdminRefusal } from "./admin-server.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { QueueGauges } from "./queue-gauges.ts";

const COLD_BOUNDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];
const START_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RECONCILE_BOUNDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5];
const POOL_STATES = ["stopped", "starting", "started", "rapid_fail"] as const;
const WORKER_STATES = ["starting", "ready", "draining"] as const;

/** Why a pool was recycled. */
export type RecycleReason = "on_demand";

/** One pool's series, bound. */
export interface PoolSeries {
  readonly starts: (trigger: StartTrigger) => HotCounter;
  readonly exits: (reason: ExitReason) => HotCounter;
  readonly startDuration: HotHistogram;
  readonly coldStarts: HotCounter;
  readonly coldStartDuration: HotHistogram;
  readonly rapidFailTrips: HotCounter;
  readonly recycles: (reason: RecycleReason) => HotCounter;
  readonly decisions: (direction: "up" | "down") => HotCounter;
}

/** What the controller counts. */
export interface ControllerMetrics {
  readonly pools: PerPool<PoolSeries>;
  readonly reconcile: HotHistogram;
  readonly reconcileErrors: HotCounter;
  readonly adminRefusals: (why: AdminRefusal) => HotCounter;
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
  readonly queues: QueueGauges;
  readonly natsConnected: () => boolean;
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
  const startDuration = metrics.histogram({
    name: "penstock_worker_start_duration_seconds",
    help: "From the start of a worker until it was ready.",
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
  const trips = metrics.counter({
    name: "penstock_rapid_fail_trips_total",
    help: "Times that rapid-fail protection took the pool offline.",
    labels: ["pool"],
  });
  const recycles = metrics.counter({
    name: "penstock_recycles_total",
    help: "Times that the pool's workers were replaced, by reason.",
    labels: ["pool", "reason"],
  });
  const decisions = metrics.counter({
    name: "penstock_scale_decisions_total",
    help: "Workers asked for and let go.",
    labels: ["pool", "direction"],
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
    starts.startAtZero({ pool: [pool], trigger: startTriggers });
    exits.startAtZero({ pool: [pool], reason: exitReasons });
    recycles.startAtZero({ pool: [pool], reason: ["on_demand"] });
    decisions.startAtZero({ pool: [pool], direction: ["up", "down"] });
    return {
      starts: starts.by("trigger", { pool }),
      exits: exits.by("reason", { pool }),
      startDuration: startDuration.series({ pool, stage: "boot" }),
      coldStarts: coldStarts.series({ pool }),
      coldStartDuration: coldStartDuration.series({ pool }),
      rapidFailTrips: trips.series({ pool }),
      recycles: recycles.by("reason", { pool }),
      decisions: decisions.by("direction", { pool }),
    };
  });
  return {
    pools,
    reconcile: reconcile.series({}),
    reconcileErrors: reconcileErrors.series({}),
    adminRefusals: refusals.by("reason", {}),
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
  const oldest = perPool(
    "penstock_queue_oldest_message_age_seconds",
    "How long the oldest waiting request has waited.",
  );
  const desired = perPool("penstock_pool_workers_desired", "Workers that serve or start.");
  const min = perPool("penstock_pool_workers_min", "Workers that the pool keeps without demand.");
  const max = perPool("penstock_pool_workers_max", "Workers that the pool may have.");
  const slots = perPool("penstock_pool_slots", "Requests that ready workers can run at once.");
  const busy = perPool("penstock_pool_slots_busy", "Requests that workers run.");
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
      starting: count("starting"),
      ready: count("ready"),
      draining: count("draining") + count("stopping"),
    };
    const depth = gauges.queues.of(pool.name);
    messages.series(of).set(depth.messages);
    capacity.series(of).set(pool.queueLength);
    bytes.series(of).set(depth.bytes);
    oldest.series(of).set(depth.oldestAgeMs / 1000);
    desired.series(of).set(counts.starting + counts.ready);
    min.series(of).set(pool.minProcesses);
    max.series(of).set(pool.maxProcesses);
    slots.series(of).set(counts.ready * pool.concurrency);
    busy.series(of).set(views.reduce((sum, worker) => sum + worker.running, 0));
    for (const label of WORKER_STATES) workers.series({ ...of, state: label }).set(counts[label]);
    const now = poolState(pool.enabled, sight.offline, counts.ready, counts.starting);
    for (const label of POOL_STATES)
      state.series({ ...of, state: label }).set(label === now ? 1 : 0);
  };
  const connected = metrics.gauge({
    name: "penstock_nats_connected",
    help: "1 while the broker is connected.",
    labels: ["component"],
    collect: () =>
      connected.series({ component: "controller" }).set(gauges.natsConnected() ? 1 : 0),
  });
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
