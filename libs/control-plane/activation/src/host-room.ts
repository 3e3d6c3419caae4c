// The room on a host while it is shared out: places for workers, and memory.

import type { HostLimits } from "@penstock/domain";
import { bytesOf, type HostClaim } from "./host-claim.ts";
import { leaves } from "./observed-pool.ts";

/** What is taken of a host. */
export class HostRoom {
  readonly #limits: HostLimits;
  workers = 0;
  bytes = 0;

  constructor(limits: HostLimits) {
    this.#limits = limits;
  }

  /** `ahead`: as it will be once everybody has left who was asked to. */
  static of(claims: Iterable<HostClaim>, limits: HostLimits, ahead = false): HostRoom {
    const room = new HostRoom(limits);
    for (const claim of claims)
      for (const worker of claim.workers)
        if (!ahead || !leaves(worker)) room.take(bytesOf(claim, worker));
    return room;
  }

  take(bytes: number): void {
    this.workers++;
    this.bytes += bytes;
  }

  give(bytes: number): void {
    this.workers--;
    this.bytes -= bytes;
  }

  /** Whether one more worker of this size has a place. */
  fits(bytes: number): boolean {
    const { maxWorkers, memoryBytes } = this.#limits;
    return (
      (maxWorkers === 0 || this.workers < maxWorkers) &&
      (memoryBytes === 0 || this.bytes + bytes <= memoryBytes)
    );
  }

  /** More is taken than the limits allow: they were lowered, or workers have grown. */
  get isOver(): boolean {
    const { maxWorkers, memoryBytes } = this.#limits;
    return (
      (maxWorkers > 0 && this.workers > maxWorkers) || (memoryBytes > 0 && this.bytes > memoryBytes)
    );
  }

  /** Why one more worker of this size has no place, in words. */
  whyNot(bytes: number): string {
    const { maxWorkers, memoryBytes } = this.#limits;
    if (maxWorkers > 0 && this.workers >= maxWorkers)
      return `the host is full: ${this.workers} of ${maxWorkers} workers live (host.maxWorkers)`;
    return `the host is full: workers hold ${inMiB(this.bytes)} of ${inMiB(memoryBytes)}, one more needs ${inMiB(bytes)} (host.memory)`;
  }
}

/** Bytes for people. */
export function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}
