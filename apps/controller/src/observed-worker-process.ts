// A worker process as the controller sees it: what the runtime told, what the worker itself reported, and
// what it was asked to do. Nothing that could not be observed again after a restart, but for the last lines
// of its output.

import type {
  ObservedProcess,
  ObservedWorker,
  Orphan,
  WorkerPhase,
  WorkerRuntimeEvent,
  WorkerUsage,
} from "@penstock/activation";
import type { ExitReason } from "@penstock/domain";
import type { WorkerReport } from "@penstock/wire";

/** Lines of output that are kept for the moment when something goes wrong. */
const LINES_KEPT = 20;

/** The part of a report that counts. */
type WorkDone = Pick<WorkerReport, "running" | "taken" | "busyMs">;

/** What the runtime tells of a worker's end. */
export type WorkerExited = Extract<WorkerRuntimeEvent, { readonly kind: "exited" }>;

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
  /** It was resumed once. */
  woken = false;
  askedFor: ExitReason | undefined = undefined;
  /** It was asked to go because it was due for recycling. */
  recycled = false;
  /** Since when and why it is out of service for good. */
  orphan: Pick<Orphan, "since" | "reason"> | undefined = undefined;
  /** It ended before its launch was known to have succeeded: told again then. */
  endedEarly: WorkerExited | undefined = undefined;
  /** As last measured; its processor time only rises. */
  #usage: WorkerUsage | undefined;
  /** When it last spoke. */
  heardAt: number | undefined = undefined;
  /** As last reported. */
  #done: { readonly finished: number; readonly busyMs: number } | undefined;
  readonly #lines: string[] = [];

  constructor(process: ObservedProcess) {
    this.id = process.id;
    this.pool = process.pool;
    this.generation = process.generation;
    this.pid = process.pid;
    this.startedAt = process.startedAt;
    if (process.suspended) this.phase = "suspended";
    this.phaseSince = process.startedAt;
  }

  /** Takes its word on itself. Returns what it did since the last one; nothing for the first. */
  report({ running, taken, busyMs }: WorkDone): { finished: number; busyMs: number } {
    const before = this.#done;
    const done = { finished: taken - running, busyMs };
    this.#done = done;
    this.running = running;
    this.taken = taken;
    return {
      finished: Math.max(0, done.finished - (before?.finished ?? done.finished)),
      busyMs: Math.max(0, done.busyMs - (before?.busyMs ?? done.busyMs)),
    };
  }

  /** What it uses; undefined until it was measured. */
  get usage(): WorkerUsage | undefined {
    return this.#usage;
  }

  measured(usage: WorkerUsage): void {
    const cpuSeconds = Math.max(usage.cpuSeconds, this.#usage?.cpuSeconds ?? 0);
    this.#usage = { ...usage, cpuSeconds };
  }

  enter(phase: WorkerPhase, now: number): void {
    if (this.phase === phase) return;
    if (phase === "resuming") this.woken = true;
    this.phase = phase;
    this.phaseSince = now;
  }

  /** The number under which it was asked to rest: each time another one, also by the next controller. */
  get rest(): number {
    return Math.floor(this.phaseSince);
  }

  /** It is taken out of service and left alone. */
  leaveAsOrphan({ since, reason }: Pick<Orphan, "since" | "reason">): void {
    this.orphan = { since, reason };
    this.askedFor = "orphan";
    this.running = 0;
    this.phase = "orphaned";
    this.phaseSince = since;
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
    const { heardAt, recycled, woken } = this;
    const memoryBytes = this.#usage?.privateBytes;
    return {
      id,
      pool,
      generation,
      phase,
      phaseSince,
      startedAt,
      running,
      taken,
      woken,
      detail,
      recycled,
      ...(heardAt !== undefined && { heardAt: Math.max(heardAt, listeningSince) }),
      ...(memoryBytes !== undefined && { memoryBytes }),
    };
  }
}
