// What operators ask, obeyed: durable first, then seen by the next turn.

import type { DesiredPool, HeldWorkers, PoolCommand } from "@penstock/activation";
import { canaryName, type HostLimits } from "@penstock/domain";
import type { ControllerEvents } from "./controller-events.ts";
import type { HeldWorkersWatch } from "./held-workers-watch.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { CommandOutcome, PoolOperations } from "./pool-operations.ts";
import type { PoolStandings } from "./pool-standings.ts";
import type { WorkerEnds } from "./worker-ends.ts";

/** What {@link OperatorCommands} are made of. */
export interface OperatorCommandsParts {
  readonly pools: ObservedPools;
  readonly standings: PoolStandings;
  readonly events: ControllerEvents;
  readonly ends: WorkerEnds;
  readonly held: HeldWorkersWatch;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly hostLimits: () => HostLimits;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

/** Obeys operators. */
export class OperatorCommands implements PoolOperations {
  readonly #parts: OperatorCommandsParts;

  constructor(parts: OperatorCommandsParts) {
    this.#parts = parts;
  }

  /** What is asked of a pool holds for both of its versions; what is asked of its canary, for that alone. */
  async command(pool: string, command: PoolCommand): Promise<CommandOutcome> {
    const outcome = await this.#command(pool, command);
    if (outcome.kind !== "obeyed") return outcome;
    const canary = await this.#command(canaryName(pool), command);
    if (canary.kind !== "obeyed") return outcome;
    return { kind: "obeyed", leaving: [...outcome.leaving, ...canary.leaving] };
  }

  async scale(pool: string, workers: HeldWorkers, forMs?: number): Promise<CommandOutcome> {
    const { standings, held, hostLimits, now, touch } = this.#parts;
    const order = { workers, ...(forMs !== undefined && { until: now() + forMs }) };
    const verdict = await standings.hold(pool, order, hostLimits());
    if (verdict?.kind !== "obeyed") return verdict ?? { kind: "unknown" };
    held.watch(pool);
    touch(pool);
    return { kind: "obeyed", leaving: [] };
  }

  endWorker(worker: string, how: "stop" | "kill"): Promise<boolean> {
    return this.#parts.ends.end(worker, how);
  }

  async #command(pool: string, command: PoolCommand): Promise<CommandOutcome> {
    const { standings, pools, events, touch } = this.#parts;
    if (!this.#desired.has(pool)) return { kind: "unknown" };
    const leaving = command === "start" ? [] : pools.of(pool).inService.map(({ id }) => id);
    const verdict = await standings.command(pool, command);
    if (verdict?.kind !== "obeyed") return verdict ?? { kind: "unknown" };
    if (command === "recycle") events.recycled(pool);
    touch(pool);
    return { kind: "obeyed", leaving };
  }

  get #desired(): ReadonlyMap<string, DesiredPool> {
    return this.#parts.standings.desired;
  }
}
