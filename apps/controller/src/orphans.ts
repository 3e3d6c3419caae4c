// Workers that fell silent and are left to whoever wants to know why (`failure.orphanWorkerProcess`). Such a worker
// is taken out of service for good, in this order:
//
//   1 noted        nothing is decided about it any more, and what it says is not heard
//   2 credentials  refused: should it come to itself, it gets no request and answers none
//   3 listeners    what it had in hand is lost, as at the end of a worker
//   4 kept         at the broker: the next controller finds it as an orphan, and not as a worker that starts
//   5 failure      counted by rapid-fail protection
//
// Its process is not touched. A controller that dies in between leaves a silent worker: the next one ends it.

import type { OrphanWorker } from "@penstock/activation";
import type { PoolSignals } from "@penstock/nats-administration";
import type { ControllerEvents } from "./controller-events.ts";
import type { DemandWatch } from "./demand-watch.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";
import type { PoolStandings } from "./pool-standings.ts";
import type { WorkerExits } from "./worker-exits.ts";
import type { WorkerIdentities } from "./worker-identities.ts";

/** What listeners, and so clients, are told. */
const LOST = "its worker did not answer";

/** What {@link Orphans} are made of. */
export interface OrphansParts {
  readonly pools: ObservedPools;
  readonly standings: Pick<PoolStandings, "keepOrphan" | "orphanOf">;
  readonly signals: Pick<PoolSignals, "tell">;
  readonly identities: Pick<WorkerIdentities, "revoke">;
  readonly exits: WorkerExits;
  readonly demand: DemandWatch;
  readonly events: Pick<ControllerEvents, "failed">;
  readonly now: () => number;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

/** Takes workers out of service. */
export class Orphans {
  readonly #parts: OrphansParts;

  constructor(parts: OrphansParts) {
    this.#parts = parts;
  }

  /** Takes a worker out of service and leaves its process alone. */
  async orphan({ pool, worker: id, reason }: Omit<OrphanWorker, "kind">): Promise<void> {
    const { pools, standings, identities, exits, events, demand, now, touch } = this.#parts;
    const worker = pools.worker(pool, id);
    if (!worker) return;
    const { phase, detail } = worker;
    const at = now();
    worker.leaveAsOrphan({ since: at, reason });
    await identities
      .revoke(id)
      .catch((thrown: unknown) => events.failed(`revoking the credentials of ${id}`, thrown));
    this.#tellLost(worker);
    await standings
      .keepOrphan(pool, { worker: id, since: at, reason })
      .catch((thrown: unknown) => events.failed(`keeping that ${id} is an orphan`, thrown));
    const unknown = { code: null, signal: null, outOfMemory: false };
    exits.note({
      id,
      pool,
      phase,
      askedFor: "ping_failure",
      orphaned: true,
      ...unknown,
      detail,
      at,
    });
    void demand.listen(pools.of(pool));
    touch(pool);
  }

  /** A worker was found that runs: it may be an orphan of the controller before. */
  recognize(worker: ObservedWorkerProcess): void {
    const kept = this.#parts.standings.orphanOf(worker.pool);
    if (kept?.worker !== worker.id) return;
    worker.leaveAsOrphan(kept);
    // That controller may not have come to it.
    this.#tellLost(worker);
  }

  #tellLost({ pool, id }: ObservedWorkerProcess): void {
    this.#parts.signals.tell(pool, { kind: "workerLost", worker: id, detail: LOST });
  }
}
