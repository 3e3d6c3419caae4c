// Keeps what a worker runtime told, and waits for what it has yet to tell: the ear of the conformance
// suite. A real runtime takes its time, so waiting is by event with a limit, never by sleeping.

import type { WorkerProcessId } from "@penstock/domain";
import { AssertionFailure } from "@penstock/foundation";
import type { OutputStream, WorkerRuntime, WorkerRuntimeEvent } from "./worker-runtime.ts";

/** Long enough for a process start on a machine that is busy with other tests. */
const patienceMs = 20_000;

/** The event that tells a worker's end. */
export type ExitedEvent = Extract<WorkerRuntimeEvent, { kind: "exited" }>;

/** Watches a runtime from its making until it is disposed, and keeps every event in order. */
export class EventRecorder implements Disposable {
  readonly events: WorkerRuntimeEvent[] = [];
  readonly #watch: Disposable;
  readonly #waiting = new Set<() => void>();

  constructor(runtime: WorkerRuntime) {
    this.#watch = runtime.watch((event) => {
      this.events.push(event);
      for (const check of this.#waiting) check();
    });
  }

  /** The events of one worker, in the order in which they came. */
  of(id: WorkerProcessId): readonly WorkerRuntimeEvent[] {
    return this.events.filter((event) =>
      event.kind === "started" ? event.worker.id === id : event.id === id,
    );
  }

  /** What a worker wrote to one stream so far. */
  linesOf(id: WorkerProcessId, stream: OutputStream): readonly string[] {
    return this.of(id).flatMap((event) =>
      event.kind === "output" && event.stream === stream ? [event.line] : [],
    );
  }

  /** The worker's end. Rejects when it does not come in time. */
  exitOf(id: WorkerProcessId): Promise<ExitedEvent> {
    return this.#until(`the exit of ${id}`, () =>
      this.of(id).find((event): event is ExitedEvent => event.kind === "exited"),
    );
  }

  /** The first line of standard output that satisfies `matches`. Rejects when it does not come in time. */
  lineOf(id: WorkerProcessId, matches: (line: string) => boolean): Promise<string> {
    return this.#until(`a line of ${id}`, () => this.linesOf(id, "stdout").find(matches));
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  #until<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        const told = JSON.stringify(this.events);
        reject(new AssertionFailure(`${what} comes; told so far: ${told}`));
      }, patienceMs);
      this.#waiting.add(check);
      check();
    });
  }
}
