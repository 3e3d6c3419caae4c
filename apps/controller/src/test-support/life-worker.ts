// A worker of the world: it becomes ready, takes requests, finishes them, rests and leaves as a real one does, or
// is stuck and does nothing at all.

import type { InMemoryWorker } from "@penstock/activation/in-memory";
import type { WorkerOrder, WorkerReport } from "@penstock/wire";
import { settle, type LifeRequest, type LifeRequests } from "./life-requests.ts";

/** What befalls a start. */
export type StartFate = "ready" | "slow" | "hangs" | "exits" | "fails";

/** How long a start takes that is merely slow, milliseconds. */
const SLOW_MS = 8000;

/** One worker. */
export class LifeWorker {
  readonly process: InMemoryWorker;
  readonly #requests: LifeRequests;
  readonly #readyAt: number;
  hand: LifeRequest[] = [];
  stuck = false;
  /** It did not answer at some time: then it may be killed with work in hand. */
  wasStuck = false;
  leavingSince: number | undefined;
  /** Its credentials are refused. */
  #cutOff = false;
  #state: "starting" | "ready" | "resting" = "starting";
  #rest: number | undefined;
  #taken = 0;

  constructor(
    process: InMemoryWorker,
    requests: LifeRequests,
    start: { at: number; fate: StartFate },
  ) {
    this.process = process;
    this.#requests = requests;
    const takesMs = {
      ready: 100,
      slow: SLOW_MS,
      hangs: Infinity,
      exits: Infinity,
      fails: Infinity,
    };
    this.#readyAt = start.at + takesMs[start.fate];
  }

  get id(): string {
    return this.process.launch.id;
  }

  get pool(): string {
    return this.process.launch.pool;
  }

  get generation(): string {
    return this.process.launch.generation;
  }

  /** It may do something now. */
  get #alive(): boolean {
    return !this.stuck && !this.#cutOff && !this.process.suspended && !this.process.ended;
  }

  stick(): void {
    this.stuck = true;
    this.wasStuck = true;
  }

  /** Its event loop goes on. */
  unstick(): void {
    this.stuck = false;
  }

  /** The broker refuses its credentials. */
  cutOff(): void {
    this.#cutOff = true;
  }

  hear(order: WorkerOrder): void {
    if (!this.#alive || this.#state === "starting" || this.leavingSince !== undefined) return;
    this.#state = order.kind === "rest" ? "resting" : "ready";
    this.#rest = order.kind === "rest" ? order.number : undefined;
  }

  /** It was asked to go. */
  leave(now: number): void {
    this.leavingSince ??= now;
  }

  /** Goes on by one step. Returns whether something came of it. */
  step(now: number): boolean {
    if (!this.#alive) return false;
    if (this.leavingSince !== undefined) {
      if (this.hand.length > 0) return false;
      this.process.exit(0);
      return true;
    }
    if (this.#state === "starting" && now >= this.#readyAt) {
      this.#state = "ready";
      return true;
    }
    if (this.#state !== "ready") return false;
    const taken = this.#requests.take(this.process.launch.concurrency - this.hand.length);
    this.hand.push(...taken);
    this.#taken += taken.length;
    return taken.length > 0;
  }

  /** Answers one request, or all. */
  finish(all: boolean): void {
    if (!this.#alive) return;
    for (const request of this.hand.splice(0, all ? this.hand.length : 1))
      settle(request, "answered");
  }

  /** What it says of itself; undefined while it says nothing. */
  get report(): WorkerReport | undefined {
    if (!this.#alive || this.#state === "starting") return undefined;
    const did = { running: this.hand.length, taken: this.#taken, busyMs: 100 * this.#taken };
    if (this.leavingSince !== undefined) return { state: "draining", ...did };
    // It says that it rests once nothing is on its way any more.
    if (this.#state === "resting" && this.hand.length === 0 && this.#rest !== undefined)
      return { state: "resting", rest: this.#rest, ...did };
    return { state: "ready", ...did };
  }
}
