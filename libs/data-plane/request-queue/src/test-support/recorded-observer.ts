// What the dispatch protocol reported, as lines.

import type { ReasonPhrase } from "@penstock/domain";
import type { DispatchObserver, LeavePhase, TunnelEnd } from "../dispatch-observer.ts";
import type { PoolQueue } from "../pool-queue.ts";

/** An observer that writes down. */
export class RecordedObserver implements DispatchObserver {
  readonly lines: string[] = [];
  readonly misbehaviours: string[] = [];
  readonly waits: number[] = [];
  readonly departures: LeavePhase[] = [];
  admitted = 0;
  loadChanges = 0;
  ignoredFrames = 0;

  enqueued(): void {
    this.admitted++;
  }

  claimed(_pool: PoolQueue, waitedMs: number): void {
    this.waits.push(waitedMs);
  }

  rejected(pool: PoolQueue, reason: ReasonPhrase, detail: string): void {
    this.lines.push(`${pool.name} rejected ${reason} ${detail}`.trimEnd());
  }

  left(_pool: PoolQueue, phase: LeavePhase): void {
    this.departures.push(phase);
  }

  redispatched(pool: PoolQueue, detail: string): void {
    this.lines.push(`${pool.name} redispatched: ${detail}`);
  }

  brokenOff(pool: PoolQueue, detail: string): void {
    this.lines.push(`${pool.name} broken off: ${detail}`);
  }

  tunnelOpened(pool: PoolQueue): void {
    this.lines.push(`${pool.name} tunnel opened`);
  }

  tunnelClosed(pool: PoolQueue, end: TunnelEnd, detail: string): void {
    this.lines.push(`${pool.name} tunnel closed: ${end} ${detail}`.trimEnd());
  }

  loadChanged(): void {
    this.loadChanges++;
  }

  ignored(): void {
    this.ignoredFrames++;
  }

  misbehaved(pool: string, worker: string, what: string): void {
    this.misbehaviours.push(`${pool} ${worker}: ${what}`);
  }
}
