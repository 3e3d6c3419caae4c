// The worker runtime without processes: the twin that unit tests of the controller use, proved equal by
// the contract suite. Its workers do what a script says, or what the test makes them do by hand.

import type { WorkerProcessId } from "@penstock/domain";
import { assert } from "@penstock/foundation";
import { WorkerLaunchFailure } from "./errors.ts";
import { InMemoryWorker } from "./in-memory-worker.ts";
import type {
  ObservedProcess,
  WorkerLaunch,
  WorkerRuntime,
  WorkerRuntimeEvent,
  WorkerRuntimeObserver,
  WorkerUsage,
} from "./worker-runtime.ts";

export type { InMemoryWorker } from "./in-memory-worker.ts";

/** How the workers of an {@link InMemoryWorkerRuntime} behave. What is missing: idle, and exit 0 on drain. */
export interface InMemoryScript {
  /** Called once per launch, after `started` was told. A throw makes the launch fail. */
  readonly onLaunch?: (worker: InMemoryWorker) => void;
  /** Called for every drain that reaches a living worker. */
  readonly onDrain?: (worker: InMemoryWorker) => void;
}

/** A {@link WorkerRuntime} whose workers exist in memory only. */
export class InMemoryWorkerRuntime implements WorkerRuntime {
  readonly #script: InMemoryScript;
  readonly #now: () => number;
  /** Shared with successors: the world that outlives a controller. */
  readonly #workers: Map<WorkerProcessId, InMemoryWorker>;
  readonly #observers = new Set<WorkerRuntimeObserver>();

  constructor(
    script: InMemoryScript = {},
    now: () => number = Date.now,
    workers = new Map<WorkerProcessId, InMemoryWorker>(),
  ) {
    this.#script = script;
    this.#now = now;
    this.#workers = workers;
    for (const worker of workers.values()) this.#attach(worker);
  }

  /** Another runtime over the same workers, as after a restart of the controller. Dispose this one. */
  successor(): InMemoryWorkerRuntime {
    return new InMemoryWorkerRuntime(this.#script, this.#now, this.#workers);
  }

  /** A living worker, for the test to print, exit or crash by hand. Asserts that it lives. */
  worker(id: WorkerProcessId): InMemoryWorker {
    const worker = this.#workers.get(id);
    assert(worker, `worker ${id} lives`);
    return worker;
  }

  /** There is nothing here that takes long. */
  prepare(): void {}

  async launch(launch: WorkerLaunch): Promise<ObservedProcess> {
    assert(!this.#workers.has(launch.id), `worker ${launch.id} is launched once`);
    const worker = new InMemoryWorker(launch, this.#now);
    this.#workers.set(launch.id, worker);
    this.#attach(worker);
    try {
      worker.begin(this.#script.onLaunch);
    } catch (thrown) {
      this.#workers.delete(launch.id);
      worker.abandon();
      throw new WorkerLaunchFailure(launch.id, `worker ${launch.id} cannot be started`, thrown);
    }
    return worker.observed;
  }

  async drain(id: WorkerProcessId): Promise<void> {
    const worker = this.#workers.get(id);
    if (!worker) return;
    worker.freeze(false);
    if (this.#script.onDrain) this.#script.onDrain(worker);
    else worker.exit(0);
  }

  async measure(
    ids: readonly WorkerProcessId[],
  ): Promise<ReadonlyMap<WorkerProcessId, WorkerUsage>> {
    const living = ids.flatMap((id) => this.#workers.get(id) ?? []).filter(({ ended }) => !ended);
    return new Map(living.map(({ launch, usage }) => [launch.id, usage]));
  }

  async suspend(id: WorkerProcessId): Promise<void> {
    this.#workers.get(id)?.freeze(true);
  }

  async resume(id: WorkerProcessId): Promise<void> {
    this.#workers.get(id)?.freeze(false);
  }

  async kill(id: WorkerProcessId): Promise<void> {
    this.#workers.get(id)?.crash("SIGKILL");
  }

  async list(): Promise<readonly ObservedProcess[]> {
    return [...this.#workers.values()].map((worker) => worker.observed);
  }

  watch(observer: WorkerRuntimeObserver): Disposable {
    // A wrapper of its own, so that one function may watch twice and stop once.
    const own: WorkerRuntimeObserver = (event) => observer(event);
    this.#observers.add(own);
    return { [Symbol.dispose]: () => void this.#observers.delete(own) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#observers.clear();
  }

  #attach(worker: InMemoryWorker): void {
    worker.onEvent((event) => this.#tell(event));
  }

  #tell(event: WorkerRuntimeEvent): void {
    if (event.kind === "exited") this.#workers.delete(event.id);
    for (const observer of this.#observers) observer(event);
  }
}
