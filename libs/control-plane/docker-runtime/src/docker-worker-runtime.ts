// The worker runtime over a Docker engine. Its workers outlive the controller: labels on their containers
// are all that the next one needs, nothing is kept here that could not be read back from the engine. Events
// tell of ends as they come; a sweep finds what events missed, and what nobody holds any more.

import { existsSync } from "node:fs";
import {
  type LaunchedProcess,
  type ObservedProcess,
  type WorkerLaunch,
  WorkerLaunchFailure,
  type WorkerPreparation,
  type WorkerRuntime,
  type WorkerRuntimeEvent,
  type WorkerRuntimeObserver,
  WorkerRuntimeUnavailable,
  type WorkerUsage,
} from "@penstock/activation";
import type { WorkerProcessId } from "@penstock/domain";
import { assert, type CancelTimer, type Clock, describeError } from "@penstock/foundation";
import {
  createWaitingHost,
  createWorker,
  removeContainer,
  type WorkerWorkshop,
} from "./create-worker.ts";
import { applicationFolders } from "./directory-mounts.ts";
import { DockerEngine } from "./docker-engine.ts";
import { parseEngineEndpoint } from "./engine-endpoint.ts";
import type { EngineCallObserver } from "./engine-operation.ts";
import { EngineEvents } from "./engine-events.ts";
import { hostLikeness } from "./host-likeness.ts";
import { listContainers } from "./find-worker-containers.ts";
import { type FoundContainers, findWorkers } from "./found-workers.ts";
import { ImageStore, type PullObserver } from "./image-store.ts";
import { type HeldContainer, LiveWorker } from "./live-worker.ts";
import { planWaitingHost, planWorker, type WorkerSurroundings } from "./plan-worker.ts";
import { WaitingHosts } from "./waiting-hosts.ts";
import { readWorkerLabels } from "./worker-labels.ts";

/** How often what events may have missed is looked for, milliseconds. */
const SWEEP_MS = 10_000;

/** What happens to a runtime besides its workers: for people. Must not throw. */
export interface DockerRuntimeObserver {
  readonly pulling: PullObserver;
  readonly called: EngineCallObserver;
  /** The engine does not answer, or answers again. */
  engine(reachable: boolean): void;
  /** Something that is tried again. */
  failed(what: string, cause: unknown): void;
}

/** What a runtime works with. */
export interface DockerRuntimeSettings extends WorkerSurroundings {
  /** `unix:///var/run/docker.sock` or `tcp://host:port`. */
  readonly engine: string;
  readonly clock: Clock;
  readonly observer: DockerRuntimeObserver;
}

/** Opens the runtime. One runtime at a time works for an installation. Throws {@link WorkerRuntimeUnavailable}. */
export async function startDockerRuntime(settings: DockerRuntimeSettings): Promise<WorkerRuntime> {
  const engine = await DockerEngine.open(
    parseEngineEndpoint(settings.engine),
    settings.observer.called,
  );
  const runtime = new DockerWorkerRuntime(engine, settings);
  await runtime.open();
  return runtime;
}

class DockerWorkerRuntime implements WorkerRuntime {
  readonly #settings: DockerRuntimeSettings;
  readonly #workshop: WorkerWorkshop;
  readonly #observers = new Set<WorkerRuntimeObserver>();
  readonly #workers = new Map<WorkerProcessId, LiveWorker>();
  /** True once a container of the worker died while it was still being launched. */
  readonly #launching = new Map<WorkerProcessId, boolean>();
  /** Launches that were told as failed while the engine was away: what it may have made of them goes. */
  readonly #abandoned = new Set<WorkerProcessId>();
  readonly #waiting: WaitingHosts;
  readonly #pending = new Set<Promise<void>>();
  #events: EngineEvents | undefined;
  #cancelSweep: CancelTimer = () => {};
  #disposed = false;

  constructor(engine: DockerEngine, settings: DockerRuntimeSettings) {
    this.#settings = settings;
    this.#workshop = { engine, images: new ImageStore(engine, settings.observer.pulling) };
    this.#waiting = new WaitingHosts({
      engine,
      make: (preparation) =>
        createWaitingHost(engine, planWaitingHost(preparation, settings, startOf(preparation))),
      likeness: (preparation) => hostLikeness(preparation, settings, foldersOf(preparation)),
      failed: (what, cause) => this.#failed(what, cause),
    });
  }

  async open(): Promise<void> {
    const { installation, clock, observer } = this.#settings;
    const listener = {
      died: (labels: Readonly<Record<string, string>>) => this.#died(labels),
      lost: () => observer.engine(false),
      reconnected: () => {
        observer.engine(true);
        void this.#sweep();
      },
    };
    this.#events = await EngineEvents.open(this.#workshop.engine, installation, listener, clock);
    this.#planSweep();
  }

  prepare(preparations: readonly WorkerPreparation[]): void {
    // An image that is pulled before each start may be another one by then.
    const ready = preparations.filter(({ container }) => container.pullPolicy !== "always");
    this.#waiting.want(ready);
  }

  async launch(launch: WorkerLaunch): Promise<LaunchedProcess> {
    const { id, pool, generation } = launch;
    assert(!this.#workers.has(id) && !this.#launching.has(id), `worker ${id} is launched once`);
    this.#launching.set(id, false);
    try {
      const at = startOf(launch);
      const { startedAt } = at;
      const plan = planWorker(launch, this.#settings, at);
      const waiting = await this.#waiting.take(launch);
      const { containers, ...took } = await createWorker(this.#workshop, launch, plan, waiting);
      const worker = { id, pool, generation, startedAt, suspended: false };
      this.#tell({ kind: "started", worker });
      const live = this.#hold(worker, containers);
      if (this.#launching.get(id) === true) void this.#settle(live);
      return { ...worker, ...took };
    } catch (thrown) {
      this.#abandoned.add(id);
      if (thrown instanceof WorkerRuntimeUnavailable) throw thrown;
      const what = `worker ${id} cannot be started: ${describeError(thrown)}`;
      throw new WorkerLaunchFailure(id, what, thrown);
    } finally {
      this.#launching.delete(id);
    }
  }

  async drain(id: WorkerProcessId): Promise<void> {
    const live = await this.#find(id);
    await live?.drain();
    if (live) this.#hear(live);
  }

  async suspend(id: WorkerProcessId): Promise<void> {
    await (await this.#find(id))?.suspend();
  }

  async resume(id: WorkerProcessId): Promise<void> {
    const live = await this.#find(id);
    await live?.resume();
    if (live) this.#hear(live);
  }

  async kill(id: WorkerProcessId): Promise<void> {
    await (await this.#find(id))?.kill();
  }

  async measure(
    ids: readonly WorkerProcessId[],
  ): Promise<ReadonlyMap<WorkerProcessId, WorkerUsage>> {
    const usages = new Map<WorkerProcessId, WorkerUsage>();
    // One after the other: the engine has more urgent things to do.
    for (const id of ids) {
      const usage = await (await this.#find(id))?.measure();
      if (usage) usages.set(id, usage);
    }
    return usages;
  }

  async list(): Promise<readonly ObservedProcess[]> {
    const found = await this.#look();
    const adopted = found.workers.flatMap(({ worker, containers }) => {
      const { id } = worker;
      const known = this.#workers.has(id) || this.#launching.has(id) || this.#abandoned.has(id);
      return known ? [] : [this.#hold(worker, containers)];
    });
    // Attaches to their output.
    await Promise.all(adopted.map((live) => this.#settle(live)));
    this.#removeLeftovers(found);
    const living = [...this.#workers.values()].filter((worker) => worker.living);
    return living.map((worker) => worker.observed);
  }

  watch(observer: WorkerRuntimeObserver): Disposable {
    // A wrapper of its own, so that one function may watch twice and stop once.
    const own: WorkerRuntimeObserver = (event) => observer(event);
    this.#observers.add(own);
    return { [Symbol.dispose]: () => void this.#observers.delete(own) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#observers.clear();
    this.#cancelSweep();
    this.#events?.[Symbol.dispose]();
    await this.#waiting[Symbol.asyncDispose]();
    await Promise.all(Array.from(this.#workers.values(), (worker) => worker.release()));
    this.#workers.clear();
    await Promise.all(this.#pending);
  }

  #hold(worker: ObservedProcess, containers: readonly HeldContainer[]): LiveWorker {
    const { id, pool } = worker;
    const live = new LiveWorker(this.#workshop.engine, worker, containers, {
      output: (stream, line) => this.#tell({ kind: "output", id, pool, stream, line }),
      over: (end) => {
        this.#workers.delete(id);
        this.#tell({ kind: "exited", id, pool, ...end });
      },
    });
    this.#workers.set(id, live);
    return live;
  }

  /** What is held, or what a former controller launched. */
  async #find(id: WorkerProcessId): Promise<LiveWorker | undefined> {
    if (!this.#workers.has(id) && !this.#launching.has(id)) await this.list();
    return this.#workers.get(id);
  }

  #died(labels: Readonly<Record<string, string>>): void {
    const id = readWorkerLabels(labels)?.worker.id ?? "";
    if (this.#launching.has(id)) this.#launching.set(id, true);
    this.#waiting.died(id);
    const live = this.#workers.get(id);
    if (live) void this.#settle(live);
  }

  #settle(live: LiveWorker): Promise<void> {
    return this.#follow(`looking after worker ${live.worker.id}`, live.settle());
  }

  /** One that was adopted while it was frozen could not be attached to. */
  #hear(live: LiveWorker): void {
    if (!live.attached) void this.#settle(live);
  }

  #planSweep(): void {
    this.#cancelSweep = this.#settings.clock.after(SWEEP_MS, () => {
      void this.#sweep().then(() => this.#disposed || this.#planSweep());
    });
  }

  /** Never rejects. What the engine does not tell now it tells at the next sweep. */
  async #sweep(): Promise<void> {
    const before = new Set(this.#workers.values());
    let found: FoundContainers;
    try {
      found = await this.#look();
    } catch (thrown) {
      this.#failed("looking at the engine's containers", thrown);
      return;
    }
    if (this.#disposed) return;
    for (const live of before) void this.#settle(live);
    this.#removeLeftovers(found);
    for (const { id, runs } of found.waiting) if (!runs) this.#waiting.died(id);
    this.#waiting.settle();
  }

  async #look(): Promise<FoundContainers> {
    return findWorkers(await listContainers(this.#workshop.engine, this.#settings.installation));
  }

  #removeLeftovers({ workers, leftovers, waiting }: FoundContainers): void {
    const abandoned = workers.filter(({ worker }) => this.#abandoned.has(worker.id));
    const parts = abandoned.flatMap(({ worker: { id }, containers }) =>
      containers.map(({ container }) => ({ id, container })),
    );
    const strangers = waiting.filter((found) => !this.#waiting.holds(found));
    for (const { id, container } of [...leftovers, ...strangers, ...parts]) {
      if (this.#workers.has(id) || this.#launching.has(id)) continue;
      const removal = removeContainer(this.#workshop.engine, container);
      void this.#follow(`removing what is left of worker ${id}`, removal);
    }
  }

  /** Work that nobody waits for but the end of the runtime. What fails for want of the engine is due again anyway. */
  #follow(what: string, work: Promise<void>): Promise<void> {
    const followed = work
      .catch((thrown: unknown) => this.#failed(what, thrown))
      .finally(() => this.#pending.delete(followed));
    this.#pending.add(followed);
    return followed;
  }

  #failed(what: string, thrown: unknown): void {
    if (!(thrown instanceof WorkerRuntimeUnavailable)) this.#settings.observer.failed(what, thrown);
  }

  #tell(event: WorkerRuntimeEvent): void {
    for (const observer of this.#observers) observer(event);
  }
}

/** What a plan takes from this machine and this moment. */
function startOf(preparation: WorkerPreparation) {
  return { folders: foldersOf(preparation), startedAt: Date.now() };
}

/** The folders of this machine that the worker sees; none where its image holds the application. */
function foldersOf({ application, container, directory }: WorkerPreparation): readonly string[] {
  if (application.kind === "image" || container.image !== undefined) return [];
  const module = application.kind === "module" ? { module: application.module } : {};
  return applicationFolders({ directory, ...module }, existsSync);
}
