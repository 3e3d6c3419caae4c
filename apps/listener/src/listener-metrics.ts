// The listener's metrics. Names and labels are an interface: docs/metrics.md lists them.

import { performance, type EventLoopUtilization } from "node:perf_hooks";
import { reasonPhrases, type ReasonPhrase } from "@penstock/domain";
import type { ConnectionExpiry } from "@penstock/http";
import type { HotCounter, HotHistogram, Metrics, PerPool } from "@penstock/process/metrics";
import type { LeavePhase, TunnelEnd } from "@penstock/request-queue";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"] as const;
/** Statuses that every method starts with: the usual one, and those with which Penstock refuses. */
const CODES = ["200", "502", "503", "504"];
const PHASES = ["queued", "assigned", "response"] as const satisfies readonly LeavePhase[];
const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;
const TUNNEL_ENDS = [
  "closed",
  "client",
  "application",
  "worker",
  "shutdown",
] as const satisfies readonly TunnelEnd[];
const DIRECTIONS = ["received", "sent"] as const;
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WAIT_BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Why requests are refused before it is known whose they are. */
const BEFORE_A_POOL = [
  "Hostname",
  "NotFound",
  "URL",
  "URL_Length",
  "BadRequest",
  "Verb",
  "Header",
  "FieldLength",
  "EntityTooLarge",
  "Version_N/S",
  "Timer_HeaderWait",
  "Client_Reset",
] as const satisfies readonly ReasonPhrase[];

const EXPIRIES = [
  "Timer_ConnectionIdle",
  "Timer_HeaderWait",
  "Timer_EntityBody",
  "Timer_MinBytesPerSecond",
] as const satisfies readonly ConnectionExpiry[];

/** Label value of requests that belong to no pool. */
const NO_POOL = "";

/** One pool's series, bound. */
export interface PoolSeries {
  /** Requests by method and status, found by one map access. */
  readonly requests: (method: string, status: number) => HotCounter;
  readonly duration: (status: number) => HotHistogram;
  readonly wait: HotHistogram;
  readonly enqueued: HotCounter;
  readonly dequeued: HotCounter;
  readonly redeliveries: HotCounter;
  readonly rejections: (reason: ReasonPhrase) => HotCounter;
  readonly disconnects: (phase: LeavePhase) => HotCounter;
  readonly received: HotCounter;
  readonly sent: HotCounter;
  readonly brokenOff: HotCounter;
  /** Tunnels that are open now. */
  readonly tunnels: { open: number };
  readonly tunnelEnds: (end: TunnelEnd) => HotCounter;
  readonly tunnelBytes: (direction: (typeof DIRECTIONS)[number]) => HotCounter;
  readonly misbehaviours: HotCounter;
  readonly ignoredFrames: HotCounter;
}

/** What the listener counts. */
export interface ListenerMetrics {
  readonly pools: PerPool<PoolSeries>;
  /** Refusals of requests that belong to no pool. */
  readonly unmatched: (reason: ReasonPhrase) => HotCounter;
  /** Lines of the access and HTTPERR logs that could not be written. */
  readonly logLinesDropped: HotCounter;
  readonly timeouts: (expiry: ConnectionExpiry, pool: string) => HotCounter;
}

/** What is read at each scrape. */
export interface ListenerGauges {
  readonly openConnections: () => Readonly<Record<"http1" | "http2", number>>;
  readonly inFlight: () => Iterable<readonly [pool: string, count: number]>;
}

/** Makes the listener's metrics in a registry. */
export function createListenerMetrics(metrics: Metrics, gauges: ListenerGauges): ListenerMetrics {
  const requests = metrics.counter({
    name: "penstock_http_requests_total",
    help: "Answered requests.",
    labels: ["pool", "method", "code"],
  });
  const duration = metrics.histogram({
    name: "penstock_http_request_duration_seconds",
    help: "From the request's header to the end of its answer.",
    labels: ["pool", "code_class"],
    bounds: DURATION_BOUNDS,
  });
  const rejections = metrics.counter({
    name: "penstock_http_rejections_total",
    help: "Requests that Penstock refused, by reason.",
    labels: ["pool", "reason"],
  });
  const timeouts = metrics.counter({
    name: "penstock_http_timeouts_total",
    help: "Connections on which a time limit of their URL group passed, by the limit's HTTPERR reason.",
    labels: ["pool", "reason"],
  });
  const disconnects = metrics.counter({
    name: "penstock_http_client_disconnects_total",
    help: "Clients that left before their answer was complete, by how far their request had come.",
    labels: ["pool", "phase"],
  });
  const received = metrics.counter({
    name: "penstock_http_request_body_bytes_total",
    help: "Body bytes that came from clients.",
    labels: ["pool"],
  });
  const sent = metrics.counter({
    name: "penstock_http_response_body_bytes_total",
    help: "Body bytes of applications' answers that went to clients.",
    labels: ["pool"],
  });
  const wait = metrics.histogram({
    name: "penstock_queue_wait_duration_seconds",
    help: "From admission until a worker took the request.",
    labels: ["pool"],
    bounds: WAIT_BOUNDS,
  });
  const enqueued = metrics.counter({
    name: "penstock_queue_enqueued_total",
    help: "Requests that were admitted to their queue.",
    labels: ["pool"],
  });
  const dequeued = metrics.counter({
    name: "penstock_queue_dequeued_total",
    help: "Requests that workers took.",
    labels: ["pool"],
  });
  const redeliveries = metrics.counter({
    name: "penstock_queue_redeliveries_total",
    help: "Requests that went out again because their worker was lost.",
    labels: ["pool"],
  });
  const brokenOff = metrics.counter({
    name: "penstock_http_answers_broken_off_total",
    help: "Answers that ended before they were complete: the client's connection was cut.",
    labels: ["pool"],
  });
  const openTunnels = new Map<string, { open: number }>();
  const tunnels = metrics.gauge({
    name: "penstock_http_tunnels_open",
    help: "Upgraded connections, such as WebSockets.",
    labels: ["pool"],
    collect: () => {
      for (const [pool, { open }] of openTunnels) tunnels.series({ pool }).set(open);
    },
  });
  const tunnelEnds = metrics.counter({
    name: "penstock_http_tunnels_closed_total",
    help: "Upgraded connections that ended, by who or what ended them.",
    labels: ["pool", "end"],
  });
  const tunnelBytes = metrics.counter({
    name: "penstock_http_tunnel_bytes_total",
    help: "Bytes of upgraded connections that came from clients and went to them.",
    labels: ["pool", "direction"],
  });
  const misbehaviours = metrics.counter({
    name: "penstock_worker_misbehaviours_total",
    help: "Times that a worker said what the protocol does not allow.",
    labels: ["pool"],
  });
  const ignoredFrames = metrics.counter({
    name: "penstock_worker_frames_ignored_total",
    help: "Frames about requests that their worker does not hold; a few that are merely late are among them.",
    labels: ["pool"],
  });
  const inFlight = metrics.gauge({
    name: "penstock_http_requests_in_flight",
    help: "Requests that wait or run.",
    labels: ["pool"],
    collect: () => {
      for (const [pool, count] of gauges.inFlight()) inFlight.series({ pool }).set(count);
    },
  });
  const connections = metrics.gauge({
    name: "penstock_listener_open_connections",
    help: "Client connections.",
    labels: ["protocol"],
    collect: () => {
      for (const [protocol, count] of Object.entries(gauges.openConnections()))
        connections.series({ protocol }).set(count);
    },
  });
  exportEventLoop(metrics);
  const pools = metrics.perPool((pool): PoolSeries => {
    requests.startAtZero({ pool: [pool], method: METHODS, code: CODES });
    rejections.startAtZero({ pool: [pool], reason: reasonPhrases });
    disconnects.startAtZero({ pool: [pool], phase: PHASES });
    duration.startAtZero({ pool: [pool], code_class: CLASSES });
    timeouts.startAtZero({ pool: [pool], reason: EXPIRIES });
    inFlight.series({ pool }).set(0);
    tunnelEnds.startAtZero({ pool: [pool], end: TUNNEL_ENDS });
    tunnelBytes.startAtZero({ pool: [pool], direction: DIRECTIONS });
    tunnels.series({ pool }).set(0);
    const open = { open: 0 };
    openTunnels.set(pool, open);
    const byClass = duration.by("code_class", { pool });
    return {
      requests: cachedRequests((method, code) => requests.series({ pool, method, code })),
      duration: (status) => byClass(`${Math.trunc(status / 100)}xx`),
      wait: wait.series({ pool }),
      enqueued: enqueued.series({ pool }),
      dequeued: dequeued.series({ pool }),
      redeliveries: redeliveries.series({ pool }),
      rejections: rejections.by("reason", { pool }),
      disconnects: disconnects.by("phase", { pool }),
      received: received.series({ pool }),
      sent: sent.series({ pool }),
      brokenOff: brokenOff.series({ pool }),
      tunnels: open,
      tunnelEnds: tunnelEnds.by("end", { pool }),
      tunnelBytes: tunnelBytes.by("direction", { pool }),
      misbehaviours: misbehaviours.series({ pool }),
      ignoredFrames: ignoredFrames.series({ pool }),
    };
  });
  const unmatched = rejections.by("reason", { pool: NO_POOL });
  for (const reason of BEFORE_A_POOL) unmatched(reason).add(0);
  timeouts.startAtZero({ pool: [NO_POOL], reason: EXPIRIES });
  const dropped = metrics.counter({
    name: "penstock_listener_log_lines_dropped_total",
    help: "Lines of the access and HTTPERR logs that were not written: disk or reader did not keep up.",
  });
  return {
    logLinesDropped: dropped.series({}),
    pools,
    unmatched,
    timeouts: (expiry, pool) => timeouts.series({ pool, reason: expiry }),
  };
}

/** How busy the event loop was since the scrape before. */
function exportEventLoop(metrics: Metrics): void {
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  const busy = metrics.gauge({
    name: "penstock_listener_event_loop_utilization_ratio",
    help: "Share of the time since the scrape before in which the event loop was busy.",
    collect: () => {
      const now = performance.eventLoopUtilization();
      busy.series({}).set(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    },
  });
}

/** Finds the counter of a method and a status without making a label set for each request. */
function cachedRequests(
  make: (method: string, code: string) => HotCounter,
): PoolSeries["requests"] {
  const byMethod = new Map<string, Map<number, HotCounter>>();
  return (method, status) => {
    const label = (METHODS as readonly string[]).includes(method) ? method : "OTHER";
    let byStatus = byMethod.get(label);
    if (!byStatus) byMethod.set(label, (byStatus = new Map()));
    let counter = byStatus.get(status);
    if (!counter) byStatus.set(status, (counter = make(label, String(status))));
    return counter;
  };
}
