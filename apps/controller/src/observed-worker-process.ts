// A worker process as the controller sees it: what the runtime told, what the worker itself reported, and
// what it was asked to do. Nothing that could not be observed again after a restart, but for the last lines
// of its output.

import type { ObservedProcess, ObservedWorker, WorkerPhase } from "@penstock/activation";
import type { ExitReason } from "@penstock/domain";
import type { WorkerReport } from "@penstock/wire";

/** Lines of output that are kept for the moment when something goes wrong. */
const LINES_KEPT = 20;

/** One live worker. */
export class ObservedWorkerProcess {
  readonly id: string;
  readonly pool: string;
  readonly generation: string;
  pid: number | undefined;
  readonly startedAt: number;
  phase: WorkerPhase = "starting";
  phaseSince: number;
  running = 0;
  taken = 0;
  askedFor: ExitReason | undefined = undefined;
  /** It was asked to go because it was due for recycling. */
  recycled = false;
  /** Private memory, bytes; undefined until it was measured. */
  memoryBytes: number | undefined = undefined;
  /** When it last spoke. */
  heardAt: number | undefined = undefined;
  #reported = false;
  readonly #lines: string[] = [];

  constructor(process: ObservedProcess) {
    this.id = process.id;
    this.pool = process.pool;
    this.generation = process.generation;
    this.pid = process.pid;
    this.startedAt = process.startedAt;
    this.phaseSince = process.startedAt;
  }

  /** Takes its word on itself. Returns how many requests it finished since the last one; 0 for the first. */
  report({ running, taken }: Pick<WorkerReport, "running" | "taken">): number {
    const before = this.taken - this.running;
    const first = !this.#reported;
    this.#reported = true;
    this.running = running;
    this.taken = taken;
    return first ? 0 : Math.max(0, taken - running - before);
  }

  enter(phase: WorkerPhase, now: number): void {
    if (this.phase === phase) return;
    this.phase = phase;
    this.phaseSince = now;
  }

  addLine(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
  }

  /** The last lines of its output. */
  get detail(): string {
    return this.#lines.join("\n");
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** As a turn sees it. `listeningSince`: nobody's silence counts before. */
  view(listeningSince = -Infinity): ObservedWorker {
    const { id, pool, generation, phase, phaseSince, startedAt, running, taken, detail } = this;
    const { heardAt, memoryBytes, recycled } = this;
    return {
      id,
      pool,
      generation,
      phase,
      phaseSince,
      startedAt,
      running,
      taken,
      detail,
      recycled,
      ...(heardAt !== undefined && { heardAt: Math.max(heardAt, listeningSince) }),
      ...(memoryBytes !== undefined && { memoryBytes }),
    };
  }
}
