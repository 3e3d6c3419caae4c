// The twin of a worker runtime with an engine that can be away, and with a guard at each verb: what the controller
// does to a worker must be allowed at that moment, whatever it knew.

import {
  WorkerRuntimeUnavailable,
  type WorkerLaunch,
  type WorkerRuntime,
} from "@penstock/activation";

/** What is looked at before a verb is passed on. Throws where it must not be. */
export interface LifeGuard {
  readonly launch: (launch: WorkerLaunch) => void;
  readonly suspend: (id: string) => void;
  readonly kill: (id: string) => void;
  /** Whether the engine answers. */
  readonly reachable: () => boolean;
}

/** A runtime behind a guard. */
export function guarded(runtime: WorkerRuntime, guard: LifeGuard): WorkerRuntime {
  const reached = async <Result>(verb: () => Promise<Result>): Promise<Result> => {
    if (!guard.reachable()) throw new WorkerRuntimeUnavailable("the engine does not answer");
    return verb();
  };
  return {
    prepare: (preparations) => runtime.prepare(preparations),
    launch: (launch) => {
      guard.launch(launch);
      return reached(() => runtime.launch(launch));
    },
    drain: (id) => reached(() => runtime.drain(id)),
    suspend: (id) => {
      guard.suspend(id);
      return reached(() => runtime.suspend(id));
    },
    resume: (id) => reached(() => runtime.resume(id)),
    kill: (id) => {
      guard.kill(id);
      return reached(() => runtime.kill(id));
    },
    measure: (ids) => reached(() => runtime.measure(ids)),
    list: () => runtime.list(),
    watch: (observer) => runtime.watch(observer),
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}
