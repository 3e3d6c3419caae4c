// What one pool has of its host, and what it asks for: the input of the decision who may have how much.

import type { HostLimits, WorkerProcessId } from "@penstock/domain";
import type { DrainWorker, StartWorker } from "./action.ts";
import { isOrphan, leaves, stays, type ObservedWorker } from "./observed-pool.ts";

/** A pool that has workers, or wants some. */
export interface HostClaim {
  readonly pool: string;
  /** All that live. */
  readonly workers: readonly ObservedWorker[];
  /** What it would start now if it were alone. */
  readonly starts: readonly StartWorker[];
  /** Workers that its demand and its floor need; who is beyond them may go to another pool. */
  readonly wanted: number;
  /** Out of date and still serving: who goes first gives its place to its own replacement. */
  readonly replaceable: readonly DrainWorker[];
  /** Requests that wait. */
  readonly waiting: number;
  /** `memory.limit` of one worker, bytes; 0 where none is set. */
  readonly limitBytes: number;
  /** What one more worker is taken to need, bytes. */
  readonly workerBytes: number;
  /** Since when it has been waiting for room. */
  readonly shortSince?: number;
  /** Since when nothing waits and nothing runs. */
  readonly idleSince?: number;
}

/** What a worker takes of its host's memory: its limit where it has one, else what was measured. */
export function bytesOf(
  { limitBytes, workerBytes }: HostClaim,
  { memoryBytes }: ObservedWorker,
): number {
  return limitBytes > 0 ? limitBytes : (memoryBytes ?? workerBytes);
}

/**
 * A claim while room is shared out. `count` is what the pool will have, as far as was decided; a worker that
 * leaves takes room until it is gone, an orphan as long as it lives, and neither counts.
 */
export class Tally {
  readonly claim: HostClaim;
  /** Workers that stay, and those that were granted. */
  count: number;
  /** How many of its starts were granted. */
  granted = 0;
  readonly #limits: HostLimits;
  readonly #taken = new Set<WorkerProcessId>();
  readonly #ended = new Set<WorkerProcessId>();

  constructor(claim: HostClaim, limits: HostLimits) {
    this.claim = claim;
    this.#limits = limits;
    this.count = claim.workers.filter(stays).length;
  }

  /** Starts that are not granted. */
  get missing(): number {
    return this.claim.starts.length - this.granted;
  }

  /** False when not even one of its workers has room on an empty host. */
  get isPossible(): boolean {
    const { memoryBytes } = this.#limits;
    return memoryBytes === 0 || this.claim.workerBytes <= memoryBytes;
  }

  /** Requests wait, and nobody is there or on the way. */
  get unserved(): boolean {
    return this.count === 0 && this.claim.waiting > 0;
  }

  /** The larger of its shares of places and of memory, with so many workers more. */
  share(more = 0): number {
    const workers = this.count + more;
    const { maxWorkers, memoryBytes } = this.#limits;
    const places = maxWorkers > 0 ? workers / maxWorkers : 0;
    const memory = memoryBytes > 0 ? (workers * this.claim.workerBytes) / memoryBytes : 0;
    return Math.max(places, memory);
  }

  /** Workers that stay, as far as was decided. */
  get staying(): readonly ObservedWorker[] {
    return this.claim.workers.filter((worker) => stays(worker) && !this.#taken.has(worker.id));
  }

  /** An orphan that was not asked to end, as far as was decided. */
  get orphan(): ObservedWorker | undefined {
    return this.claim.workers.find((worker) => isOrphan(worker) && !this.#ended.has(worker.id));
  }

  /** Somebody leaves already. */
  get oneLeaves(): boolean {
    return this.#taken.size > 0 || this.claim.workers.some(leaves);
  }

  /** One more of its starts is granted. */
  grant(): void {
    this.granted++;
    this.count++;
  }

  /** A worker gives up its place, an orphan its room. */
  giveUp(worker: WorkerProcessId): void {
    if (this.orphan?.id === worker) {
      this.#ended.add(worker);
      return;
    }
    this.#taken.add(worker);
    this.count--;
  }
}
