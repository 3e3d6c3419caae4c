// One worker of the in-memory runtime: a line writer and an end, told in order and never from within the
// call that caused them, as a real process would.

import type {
  ObservedProcess,
  OutputStream,
  WorkerLaunch,
  WorkerRuntimeEvent,
  WorkerRuntimeObserver,
  WorkerUsage,
} from "./worker-runtime.ts";
import { outputLineLengthMax } from "./worker-runtime.ts";

/** A worker that a test holds in its hand. After its end every call does nothing. */
export class InMemoryWorker {
  readonly launch: WorkerLaunch;
  /** What it is said to use. */
  readonly usage: WorkerUsage = {
    privateBytes: 1024 ** 2,
    workingSetBytes: 1024 ** 2,
    memoryLimitBytes: 1024 ** 3,
    cpuSeconds: 0.1,
  };
  readonly #now: () => number;
  #observers: WorkerRuntimeObserver[] = [];
  #queue: WorkerRuntimeEvent[] = [];
  #ended = false;
  #suspended = false;
  readonly #startedAt: number;

  constructor(launch: WorkerLaunch, now: () => number) {
    this.launch = launch;
    this.#now = now;
    this.#startedAt = now();
  }

  get observed(): ObservedProcess {
    const { id, pool, generation } = this.launch;
    return { id, pool, generation, startedAt: this.#startedAt, suspended: this.#suspended };
  }

  /** True while it is frozen: a script that does something by itself has to look. */
  get suspended(): boolean {
    return this.#suspended;
  }

  /** True after `exit` or `crash`. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Writes text as a process would: split into lines, an unfinished last one told as a line. */
  print(stream: OutputStream, text: string): void {
    const lines = text.split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    for (const line of lines) for (const piece of pieces(line)) this.#output(stream, piece);
  }

  /** Ends by itself. */
  exit(code: number): void {
    this.#end({ code, signal: null, outOfMemory: false });
  }

  /** Is ended by a signal; with `outOfMemory` by its memory limit. */
  crash(signal: string, outOfMemory = false): void {
    this.#end({ code: null, signal, outOfMemory });
  }

  /** For the runtime: tells `started` and runs the script. */
  begin(onLaunch: ((worker: InMemoryWorker) => void) | undefined): void {
    this.#tell({ kind: "started", worker: this.observed });
    onLaunch?.(this);
  }

  /** For the runtime: it is frozen, or goes on. */
  freeze(suspended: boolean): void {
    this.#suspended = suspended;
  }

  /** For the runtime: a launch that failed is never told. */
  abandon(): void {
    this.#ended = true;
    this.#queue = [];
  }

  /** For the runtime: who hears what happens here. */
  onEvent(observer: WorkerRuntimeObserver): void {
    this.#observers.push(observer);
  }

  #output(stream: OutputStream, line: string): void {
    if (this.#ended) return;
    const { id, pool } = this.launch;
    this.#tell({ kind: "output", id, pool, stream, line });
  }

  #end(how: { code: number | null; signal: string | null; outOfMemory: boolean }): void {
    if (this.#ended) return;
    this.#ended = true;
    const { id, pool } = this.launch;
    this.#tell({ kind: "exited", id, pool, ...how, at: this.#now() });
  }

  #tell(event: WorkerRuntimeEvent): void {
    this.#queue.push(event);
    if (this.#queue.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const events = this.#queue;
    this.#queue = [];
    for (const event of events) for (const observer of this.#observers) observer(event);
  }
}

function pieces(line: string): readonly string[] {
  if (line.length <= outputLineLengthMax) return [line];
  const cut: string[] = [];
  for (let from = 0; from < line.length; from += outputLineLengthMax)
    cut.push(line.slice(from, from + outputLineLengthMax));
  return cut;
}
