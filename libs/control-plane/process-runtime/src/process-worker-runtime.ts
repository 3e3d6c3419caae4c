// The worker runtime of one machine without containers: workers are child processes that outlive their
// controller. What the next controller needs lies below the state directory (worker-files.ts); nothing is
// kept here that could not be read back from there and from the process table.

import { mkdir, readdir } from "node:fs/promises";
import {
  type ObservedProcess,
  tellsHeapExhausted,
  type WorkerLaunch,
  WorkerLaunchFailure,
  type WorkerRuntime,
  type WorkerRuntimeEvent,
  type WorkerRuntimeObserver,
  WorkerRuntimeUnavailable,
  type WorkerUsage,
} from "@penstock/activation";
import type { WorkerProcessId } from "@penstock/domain";
import { assert, describeError } from "@penstock/foundation";
import { LiveWorker, type WorkerEnd } from "./live-worker.ts";
import { OutOfMemoryCount } from "./out-of-memory.ts";
import { isAlive, killOrphansOf } from "./process-table.ts";
import { usageOf } from "./process-usage.ts";
import { type ProcessRuntimeSettings, spawnWorker } from "./spawn-worker.ts";
import {
  openOutputs,
  removeWorkerFolder,
  type WorkerFiles,
  workerFiles,
  workersFolder,
} from "./worker-files.ts";
import { openWorkerOutput, type TellLine } from "./worker-output.ts";
import { observedProcess, readWorkerRecord } from "./worker-record.ts";

// The end of an adopted process is seen so late at most. Reading one line of /proc takes 10 µs.
const checkMs = 100;

/** Opens the runtime over a state directory. One runtime at a time works on it. */
export async function startProcessRuntime(
  settings: ProcessRuntimeSettings,
): Promise<WorkerRuntime> {
  try {
    await mkdir(workersFolder(settings.stateDirectory), { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw unavailable(settings.stateDirectory, thrown);
  }
  const memory = new OutOfMemoryCount();
  await memory.refresh();
  return new ProcessWorkerRuntime(settings, memory);
}

class ProcessWorkerRuntime implements WorkerRuntime {
  readonly #settings: ProcessRuntimeSettings;
  readonly #memory: OutOfMemoryCount;
  readonly #observers = new Set<WorkerRuntimeObserver>();
  readonly #workers = new Map<WorkerProcessId, LiveWorker>();
  readonly #launching = new Set<WorkerProcessId>();
  readonly #removals = new Map<WorkerProcessId, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: ProcessRuntimeSettings, memory: OutOfMemoryCount) {
    this.#settings = settings;
    this.#memory = memory;
  }

  /** A process is there at once, and its application is what takes long. */
  prepare(): void {}

  async launch(launch: WorkerLaunch): Promise<ObservedProcess> {
    const { id } = launch;
    assert(!this.#workers.has(id) && !this.#launching.has(id), `worker ${id} is launched once`);
    const files = this.#filesOf(id);
    this.#launching.add(id);
    try {
      const tell = this.#teller(launch);
      const { child, record, output } = await spawnWorker(launch, files, this.#settings, tell);
      void this.#memory.refresh();
      const worker = observedProcess(record, false);
      this.#tell({ kind: "started", worker });
      this.#hold(new LiveWorker(record, files, output, child));
      return worker;
    } catch (thrown) {
      throw new WorkerLaunchFailure(
        id,
        `worker ${id} cannot be started: ${describeError(thrown)}`,
        thrown,
      );
    } finally {
      this.#launching.delete(id);
    }
  }

  async drain(id: WorkerProcessId): Promise<void> {
    this.#find(id)?.drain();
  }

  async suspend(id: WorkerProcessId): Promise<void> {
    this.#find(id)?.suspend();
  }

  async resume(id: WorkerProcessId): Promise<void> {
    this.#find(id)?.resume();
  }

  async kill(id: WorkerProcessId): Promise<void> {
    this.#find(id)?.kill();
  }

  async measure(
    ids: readonly WorkerProcessId[],
  ): Promise<ReadonlyMap<WorkerProcessId, WorkerUsage>> {
    const living = ids.flatMap((id) => this.#find(id) ?? []).filter((worker) => worker.runs);
    return usageOf(new Map(living.map(({ record }) => [record.id, record.pid])));
  }

  async list(): Promise<readonly ObservedProcess[]> {
    const { stateDirectory } = this.#settings;
    try {
      for (const id of await readdir(workersFolder(stateDirectory))) this.#find(id);
    } catch (thrown) {
      throw unavailable(stateDirectory, thrown);
    }
    const living = [...this.#workers.values()].filter((worker) => worker.living);
    return living.map(({ record, suspended }) => observedProcess(record, suspended));
  }

  watch(observer: WorkerRuntimeObserver): Disposable {
    // A wrapper of its own, so that one function may watch twice and stop once.
    const own: WorkerRuntimeObserver = (event) => observer(event);
    this.#observers.add(own);
    return { [Symbol.dispose]: () => void this.#observers.delete(own) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#observers.clear();
    clearInterval(this.#timer);
    for (const worker of this.#workers.values()) worker.release();
    this.#workers.clear();
    await Promise.all(this.#removals.values());
  }

  #hold(worker: LiveWorker): LiveWorker {
    this.#workers.set(worker.record.id, worker);
    this.#timer ??= setInterval(() => this.#check(), checkMs).unref();
    worker.follow(this.#memory, (end) => this.#over(worker, end));
    return worker;
  }

  // What is held, or what a former controller launched and is alive. What is dead is cleared away: a
  // worker that ended while no runtime lived is not told.
  #find(id: WorkerProcessId): LiveWorker | undefined {
    const held = this.#workers.get(id);
    if (held || this.#launching.has(id) || this.#removals.has(id)) return held;
    const files = this.#filesOf(id);
    const record = readWorkerRecord(files.record);
    if (record && isAlive(record)) {
      const output = openWorkerOutput(files, openOutputs(files), this.#teller(record));
      return this.#hold(new LiveWorker(record, files, output, undefined));
    }
    if (record) killOrphansOf(record);
    this.#remove(id, files);
    return undefined;
  }

  #over({ record, files }: LiveWorker, end: WorkerEnd): void {
    const { id, pool } = record;
    this.#workers.delete(id);
    this.#remove(id, files);
    this.#tell({ kind: "exited", id, pool, ...end });
  }

  #remove(id: WorkerProcessId, files: WorkerFiles): void {
    const removal = removeWorkerFolder(files).finally(() => this.#removals.delete(id));
    this.#removals.set(id, removal);
  }

  #check(): void {
    for (const worker of this.#workers.values()) worker.check();
    if (this.#workers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #teller({ id, pool }: { readonly id: WorkerProcessId; readonly pool: string }): TellLine {
    return (stream, line) => {
      const worker = this.#workers.get(id);
      if (worker && stream === "stderr" && tellsHeapExhausted(line)) worker.heapExhausted = true;
      this.#tell({ kind: "output", id, pool, stream, line });
    };
  }

  #tell(event: WorkerRuntimeEvent): void {
    for (const observer of this.#observers) observer(event);
  }

  #filesOf(id: WorkerProcessId): WorkerFiles {
    return workerFiles(this.#settings.stateDirectory, id);
  }
}

function unavailable(stateDirectory: string, cause: unknown): WorkerRuntimeUnavailable {
  const what = `the workers below ${stateDirectory} cannot be reached: ${describeError(cause)}`;
  return new WorkerRuntimeUnavailable(what, cause);
}
