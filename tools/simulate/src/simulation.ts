// A pool under a trace: a queue, first come first served, workers with slots that start and drain, and an
// autoscaler that decides how many there are. Time is simulated: nothing waits.
//
// What is left out, for all alike: a service time does not grow with what else a worker has in hand, starts take
// equally long, nothing fails.

import type {
  Autoscaler,
  Decision,
  PoolView,
  SimulatedPool,
  SimulatedWorker,
} from "./autoscaler/autoscaler.ts";
import { EventQueue } from "./event-queue.ts";
import type { Arrival, Trace } from "./trace/arrival.ts";

/** What came of a trace. */
export interface Outcome {
  /** From arrival until a worker took it, milliseconds, by arrival. */
  readonly waitsMs: readonly number[];
  /** Sum of the workers' lives, from the decision to start each until its end. */
  readonly workerMs: number;
  readonly starts: number;
  readonly workersPeak: number;
}

type MutableWorker = { -readonly [Key in keyof SimulatedWorker]: SimulatedWorker[Key] };

interface Happening {
  readonly at: number;
  readonly worker: MutableWorker;
  readonly what: "ready" | "finished";
}

/** More decisions than this at one moment, and an autoscaler chases its own tail. */
const DECISIONS_MAX = 20;

/** Runs a trace to its end. */
export function simulate(trace: Trace, pool: SimulatedPool, autoscaler: Autoscaler): Outcome {
  return new Simulation(trace, pool, autoscaler).run();
}

class Simulation {
  readonly #trace: Trace;
  readonly #pool: SimulatedPool;
  readonly #autoscaler: Autoscaler;
  readonly #events = new EventQueue<Happening>();
  readonly #waitsMs: number[] = [];
  #now = 0;
  /** The next of the trace to arrive, and the next in the queue to be taken: what is between them waits. */
  #arrived = 0;
  #taken = 0;
  #running = 0;
  #workers: MutableWorker[] = [];
  #concurrencyMs = 0;
  #busyMs = 0;
  #workerMs = 0;
  #starts = 0;
  #workersPeak = 0;
  #wakeAt: number | undefined = 0;

  constructor(trace: Trace, pool: SimulatedPool, autoscaler: Autoscaler) {
    this.#trace = trace;
    this.#pool = pool;
    this.#autoscaler = autoscaler;
  }

  run(): Outcome {
    const { arrivals, lengthMs } = this.#trace;
    for (;;) {
      const next = Math.min(
        arrivals[this.#arrived]?.atMs ?? Infinity,
        this.#events.next?.at ?? Infinity,
        this.#wakeAt ?? Infinity,
      );
      const served = this.#taken === arrivals.length && this.#running === 0;
      if (next === Infinity || (served && next > lengthMs)) break;
      this.#advance(next);
      this.#happen();
      this.#decide();
    }
    if (this.#now < lengthMs) this.#advance(lengthMs);
    return {
      waitsMs: this.#waitsMs,
      workerMs: this.#workerMs,
      starts: this.#starts,
      workersPeak: this.#workersPeak,
    };
  }

  get #waiting(): number {
    return this.#arrived - this.#taken;
  }

  #advance(to: number): void {
    const passed = to - this.#now;
    this.#busyMs += passed * this.#running;
    this.#concurrencyMs += passed * (this.#waiting + this.#running);
    this.#workerMs += passed * this.#workers.length;
    this.#now = to;
  }

  #happen(): void {
    const { arrivals } = this.#trace;
    for (let next = this.#events.next; next && next.at <= this.#now; next = this.#events.next) {
      this.#events.take();
      this.#occur(next);
    }
    while ((arrivals[this.#arrived]?.atMs ?? Infinity) <= this.#now) this.#arrived++;
    this.#hand();
  }

  #occur({ worker, what }: Happening): void {
    if (what === "ready") {
      if (worker.phase === "starting") this.#enter(worker, "ready");
      return;
    }
    worker.running--;
    this.#running--;
    this.#endIfDone(worker);
  }

  /** Whoever has most room takes the next: workers pull for free slots. */
  #hand(): void {
    while (this.#waiting > 0) {
      let taker: MutableWorker | undefined;
      for (const worker of this.#workers)
        if (worker.phase === "ready" && worker.running < (taker?.running ?? this.#pool.concurrency))
          taker = worker;
      if (!taker) return;
      const { atMs, serviceMs } = this.#trace.arrivals[this.#taken++] as Arrival;
      taker.running++;
      this.#running++;
      this.#waitsMs.push(this.#now - atMs);
      this.#events.add({ at: this.#now + serviceMs, worker: taker, what: "finished" });
    }
  }

  #decide(): void {
    for (let decisions = 0; decisions < DECISIONS_MAX; decisions++) {
      const decision = this.#autoscaler.decide(this.#view);
      this.#wakeAt = decision.wakeAt;
      if (decision.starts === 0 && decision.drains.length === 0) return;
      this.#perform(decision);
    }
    throw new Error(`still deciding after ${DECISIONS_MAX} decisions at ${this.#now} ms`);
  }

  get #view(): PoolView {
    return {
      now: this.#now,
      waiting: this.#waiting,
      running: this.#running,
      finished: this.#taken - this.#running,
      busyMs: this.#busyMs,
      workers: this.#workers,
      concurrencyMs: this.#concurrencyMs,
    };
  }

  #perform({ starts, drains }: Decision): void {
    for (let i = 0; i < starts; i++) {
      const worker: MutableWorker = {
        id: `w${++this.#starts}`,
        phase: "starting",
        phaseSince: this.#now,
        startedAt: this.#now,
        running: 0,
      };
      this.#workers.push(worker);
      this.#events.add({ at: this.#now + this.#pool.startupMs, worker, what: "ready" });
    }
    for (const worker of this.#workers.filter(({ id }) => drains.includes(id))) {
      this.#enter(worker, "draining");
      this.#endIfDone(worker);
    }
    this.#workersPeak = Math.max(this.#workersPeak, this.#workers.length);
  }

  #enter(worker: MutableWorker, phase: MutableWorker["phase"]): void {
    worker.phase = phase;
    worker.phaseSince = this.#now;
  }

  #endIfDone(worker: MutableWorker): void {
    if (worker.phase === "draining" && worker.running === 0)
      this.#workers = this.#workers.filter((other) => other !== worker);
  }
}
