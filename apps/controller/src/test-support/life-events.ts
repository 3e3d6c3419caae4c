// Whether every transition of a worker and of a pool's availability that shows was told as an event.
//
//   a worker is then      told as
//   ------------------    -------------------------------------------------
//   starting              worker.started, or worker.adopted by a successor
//   ready                 worker.ready, worker.resumed
//   resting, suspended    worker.suspending, worker.suspended
//   resuming              worker.resuming
//   draining, stopping    worker.draining, worker.killed
//   orphaned              worker.orphaned, or worker.adopted by a successor
//   gone                  worker.exited.*
//
//   a pool is then        told as
//   ------------------    -------------------------------------------------
//   offline               pool.offline
//   online again          pool.online, an operator's start, another configuration

import assert from "node:assert/strict";
import type { WorkerPhase } from "@penstock/activation";
import type { OperationalEvent, OperationalEventKind } from "@penstock/domain";
import type { ObservedPools } from "../observed-pools.ts";

const told = {
  starting: ["worker.started", "worker.adopted"],
  ready: ["worker.ready", "worker.resumed"],
  resting: ["worker.suspending"],
  suspended: ["worker.suspended", "worker.adopted"],
  resuming: ["worker.resuming"],
  draining: ["worker.draining"],
  stopping: ["worker.killed"],
  orphaned: ["worker.orphaned", "worker.adopted"],
} as const satisfies Record<WorkerPhase, readonly OperationalEventKind[]>;

/** Holds what shows against what was told, from look to look. */
export class LifeEvents {
  #events: OperationalEvent[] = [];
  #phases = new Map<string, WorkerPhase>();
  readonly #offline = new Set<string>();

  readonly record = (event: OperationalEvent): void => void this.#events.push(event);

  /** A controller has ended, and with it all that showed. */
  forget(): void {
    this.#phases = new Map();
  }

  /** Looks at all pools. `reloaded`: another configuration came into force since the last look. */
  check(pools: ObservedPools, reloaded: boolean): void {
    const phases = new Map<string, WorkerPhase>();
    for (const { name, workers, launching, offline } of pools.all()) {
      for (const { id, phase } of workers.values()) phases.set(id, phase);
      // Who is being launched shows once its process is there.
      for (const id of launching.keys()) phases.delete(id);
      if (offline && !this.#offline.has(name)) {
        assert.ok(this.#of("pool", name).includes("pool.offline"), `${name} went offline unheard`);
        this.#offline.add(name);
      } else if (!offline && this.#offline.delete(name) && !reloaded) {
        const heard = this.#of("pool", name);
        assert.ok(
          heard.includes("pool.online") || heard.includes("operator.pool.start"),
          `${name} came online unheard`,
        );
      }
    }
    for (const [id, phase] of phases)
      if (this.#phases.get(id) !== phase) {
        const heard = this.#of("worker", id);
        const known: readonly OperationalEventKind[] = told[phase];
        assert.ok(
          heard.some((kind) => known.includes(kind)),
          `${id} became ${phase} unheard: ${heard.join()}`,
        );
      }
    for (const id of this.#phases.keys())
      if (!phases.has(id))
        assert.ok(
          this.#of("worker", id).some((kind) => kind.startsWith("worker.exited.")),
          `${id} ended unheard`,
        );
    this.#phases = phases;
    this.#events = [];
  }

  #of(what: "pool" | "worker", name: string): OperationalEventKind[] {
    return this.#events.filter((event) => event[what] === name).map(({ kind }) => kind);
  }
}
