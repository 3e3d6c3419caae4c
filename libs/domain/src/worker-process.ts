// Names and reasons in the life of a worker process (w3wp). Shared by the controller, which decides,
// and by logs and metrics, which tell.

/** Identity of one worker process, unique over time: `<pool>-<random>`. Never reused. */
export type WorkerProcessId = string;

/** Why a worker was started: label `trigger` of penstock_worker_starts_total. */
export type StartTrigger = "demand" | "always_running" | "recycle" | "manual";

/** All triggers, for metrics that start at zero. */
export const startTriggers = [
  "demand",
  "always_running",
  "recycle",
  "manual",
] as const satisfies readonly StartTrigger[];

/** Why a worker ended: label `reason` of penstock_worker_exits_total. */
export type ExitReason =
  | "idle"
  | "scale_down"
  | "recycle"
  | "manual"
  | "crash"
  | "oom"
  | "ping_failure"
  | "startup_timeout"
  | "shutdown_timeout"
  | "orphan";

/** All exit reasons, for metrics that start at zero. */
export const exitReasons = [
  "idle",
  "scale_down",
  "recycle",
  "manual",
  "crash",
  "oom",
  "ping_failure",
  "startup_timeout",
  "shutdown_timeout",
  "orphan",
] as const satisfies readonly ExitReason[];

/** A worker speaks to the controller at least this often, asked or not, milliseconds: nobody has to ping it. */
export const WORKER_REPORT_MS = 5000;

/** Why a worker is replaced although nothing is wrong with it: label `reason` of penstock_recycles_total. */
export type RecycleCause =
  "time" | "requests" | "memory" | "schedule" | "config_change" | "on_demand";

/** All causes, for metrics that start at zero. */
export const recycleCauses = [
  "time",
  "requests",
  "memory",
  "schedule",
  "config_change",
  "on_demand",
] as const satisfies readonly RecycleCause[];

/**
 * Set in the environment of a process that a worker started to look after what the worker leaves behind: it is
 * not frozen with the worker, which may be killed while it is.
 */
export const NEVER_SUSPENDED = "PENSTOCK_NEVER_SUSPENDED";
