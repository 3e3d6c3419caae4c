// One worker process that the runtime holds, launched by it or adopted. Its states:
//
//   living --(exit seen)--> ended --(rest of its output told)--> over
//
// An ended one is not listed and gets no signals: its pid may be another's by now.

import type { ChildProcess } from "node:child_process";
import type { OutOfMemoryCount } from "./out-of-memory.ts";
import { freeze, thaw } from "./freeze.ts";
import { isAlive, isStopped, killGroup, killOrphansOf, signal } from "./process-table.ts";
import type { WorkerFiles } from "./worker-files.ts";
import type { WorkerOutput } from "./worker-output.ts";
import type { WorkerRecord } from "./worker-record.ts";

/** How a worker ended. Both null when nobody can know: an adopted one is no child of ours. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly outOfMemory: boolean;
  readonly at: number;
}

/** A worker process and what follows it. */
export class LiveWorker {
  readonly record: WorkerRecord;
  readonly files: WorkerFiles;
  /** V8's last words were seen; set by whoever hears the output. */
  heapExhausted = false;
  readonly #output: WorkerOutput;
  readonly #child: ChildProcess | undefined;
  #state: "living" | "ended" = "living";
  #killed = false;

  /** `child` is undefined for an adopted worker. */
  constructor(
    record: WorkerRecord,
    files: WorkerFiles,
    output: WorkerOutput,
    child: ChildProcess | undefined,
  ) {
    this.record = record;
    this.files = files;
    this.#output = output;
    this.#child = child;
  }

  get living(): boolean {
    return this.#state === "living";
  }

  /** Tells output and, once, the end. `onEnd` is called when all output was told. */
  follow(memory: OutOfMemoryCount, onEnd: (end: WorkerEnd) => void): void {
    this.#output.follow();
    this.#onEnd = (code, name) => {
      if (!this.living) return;
      this.#state = "ended";
      const at = Date.now();
      // What the worker host started must not outlive it. The end of an adopted one is seen late.
      if (this.#child) killGroup(this.record.pid);
      else killOrphansOf(this.record);
      this.#output.finish(() => {
        const { heapExhausted } = this;
        const outOfMemory = memory.ended({ signal: name, killed: this.#killed, heapExhausted });
        onEnd({ code, signal: name, outOfMemory, at });
      });
    };
    this.#child?.on("exit", this.#onEnd);
  }

  #onEnd: (code: number | null, signal: string | null) => void = () => {};

  /** Looks after what nobody announces: the end of an adopted process, output that cannot be watched. */
  check(): void {
    if (!this.#child && this.living && !isAlive(this.record)) this.#onEnd(null, null);
    else this.#output.wake();
  }

  /** Stopped by a signal, whoever sent it. */
  get suspended(): boolean {
    return isStopped(this.record);
  }

  /** Asks the worker host, and only it, to finish. */
  drain(): void {
    if (!this.runs) return;
    signal(this.record.pid, "SIGTERM");
    if (this.suspended) thaw(this.record.pid);
  }

  /** Stops the worker host and all that it started. */
  suspend(): void {
    if (this.runs) freeze(this.record.pid);
  }

  /** Lets them go on. */
  resume(): void {
    if (this.runs && this.suspended) thaw(this.record.pid);
  }

  /** Ends the worker host and its group. */
  kill(): void {
    if (!this.runs) return;
    this.#killed = true;
    killGroup(this.record.pid);
  }

  /** Lets go of the process without touching it. */
  release(): void {
    this.#child?.off("exit", this.#onEnd);
    this.#child?.unref();
    this.#output.close();
  }

  /**
   * True while its pid is its own: that of a child of ours is kept for it until its exit was seen, that of an
   * adopted one is not.
   */
  get runs(): boolean {
    return this.living && (this.#child !== undefined || isAlive(this.record));
  }
}
