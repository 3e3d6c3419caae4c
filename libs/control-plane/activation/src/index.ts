// The pure heart of the controller (WAS): desired, observed, memory and now in, actions and memory out; and
// the port of what runs the workers. The contract suite and the in-memory twin of the port have entries of
// their own (`./conformance`, `./in-memory`), since nothing in production imports them.

export type {
  Action,
  BringPoolOnline,
  DrainWorker,
  KillWorker,
  OrphanWorker,
  ReportStartFailure,
  ResumeWorker,
  StartFailureCause,
  StartWorker,
  SuspendWorker,
  TakePoolOffline,
} from "./action.ts";
export {
  noticeOf,
  poolUnder,
  rule,
  rulingFor,
  type CanaryRuling,
  type VersionCommand,
} from "./canary-ruling.ts";
export { scheduledMoments, type ScheduledMoments } from "./daily-schedule.ts";
export { demandOf, type Demand } from "./demand.ts";
export { workersMin, type DesiredPool } from "./desired-pool.ts";
export { WorkerLaunchFailure, WorkerRuntimeUnavailable } from "./errors.ts";
export { tellsHeapExhausted } from "./heap-exhausted.ts";
export { describeExit, exitReasonOf, failureKind, isFailure } from "./exit-reason.ts";
export {
  isOrphan,
  leaves,
  nothingObserved,
  serves,
  sleeps,
  stays,
  type ObservedPool,
  type ObservedWorker,
  type PoolLoad,
  type PoolWork,
  type WorkerExit,
  type WorkerPhase,
} from "./observed-pool.ts";
export { hold, released, type HeldWorkers, type HoldOrder } from "./held-workers.ts";
export {
  assumedWorkerBytes,
  HostLedger,
  type HostPlan,
  type ShortPool,
  type Turn,
} from "./host-ledger.ts";
export { OutputLines } from "./output-lines.ts";
export type { PoolMemory } from "./pool-memory.ts";
export { recentFailures, type Protection } from "./rapid-fail-protection.ts";
export {
  desiredPool,
  isEnabled,
  obey,
  online,
  readPoolStanding,
  ruled,
  standingFor,
  taken,
  untouched,
  type CommandVerdict,
  type OfflineVerdict,
  type Orphan,
  type PoolCommand,
  type PoolStanding,
} from "./pool-standing.ts";
export { reconcilePool, type PoolPlan } from "./reconcile-pool.ts";
export { isPeriodic } from "./recycling-policy.ts";
export { noMemory, reconcile, type Memory, type Plan } from "./reconcile.ts";
export type { ScalingMemory } from "./scaling-policy.ts";
export type { DemandHistory } from "./demand-history.ts";
export { renderWorkerBootstrap, type WorkerBootstrap } from "./worker-bootstrap.ts";
export {
  outputLineLengthMax,
  type LaunchContainer,
  type LaunchedProcess,
  type ObservedProcess,
  type OutputStream,
  type WorkerLaunch,
  type WorkerPreparation,
  type WorkerRuntime,
  type WorkerRuntimeEvent,
  type WorkerRuntimeObserver,
  type WorkerUsage,
} from "./worker-runtime.ts";
