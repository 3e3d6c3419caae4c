// The failures that the worker runtime port knows. Adapters translate what their vendor throws into
// these; nothing vendor-shaped passes the port.

import type { WorkerProcessId } from "@penstock/domain";
import { ServiceError } from "@penstock/foundation";

/** A worker could not be started at all: no such program, no such image, no room. Counts as a failed start. */
export class WorkerLaunchFailure extends ServiceError {
  override readonly name = "WorkerLaunchFailure";
  readonly worker: WorkerProcessId;

  constructor(worker: WorkerProcessId, message: string, cause?: unknown) {
    super(message, {
      code: "WORKER_LAUNCH_FAILED",
      remedy: "Check the pool's module, command or image, and its directory.",
      cause,
    });
    this.worker = worker;
  }
}

/** The host that runs the workers does not answer. The controller goes on with what it last saw. */
export class WorkerRuntimeUnavailable extends ServiceError {
  override readonly name = "WorkerRuntimeUnavailable";

  constructor(message: string, cause?: unknown) {
    super(message, {
      code: "WORKER_RUNTIME_UNAVAILABLE",
      remedy: "Check that the host's engine runs and that the controller may reach it.",
      cause,
    });
  }
}
