// The worker SDK: what any program needs to serve an application pool's queue.

export { warmUp, type WarmUpParts } from "./warm-up.ts";
export {
  startWorkerSession,
  type WorkerSession,
  type WorkerSessionParts,
} from "./worker-session.ts";
