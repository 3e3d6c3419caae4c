// The worker SDK: what any program needs to serve an application pool's queue.

export {
  startWorkerSession,
  type WorkerSession,
  type WorkerSessionParts,
} from "./worker-session.ts";
