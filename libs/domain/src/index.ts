// The nouns of Penstock: pools, URL groups, prefixes, workers, reasons. Pure values and pure rules.

export type {
  ApplicationPool,
  ApplicationSource,
  DeliveryPolicy,
  FailurePolicy,
  ProcessModel,
  Recycling,
  SecretSource,
} from "./application-pool.ts";
export { reasonPhrases, reasons, type ReasonFacts, type ReasonPhrase } from "./reason.ts";
export {
  exitReasons,
  startTriggers,
  type ExitReason,
  type StartTrigger,
  type WorkerProcessId,
} from "./worker-process.ts";
