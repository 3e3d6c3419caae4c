// What is wanted of each pool, by configuration, by operators and by rapid-fail protection: kept at the
// broker, where it outlives this process, and told to the listeners from there. Decisions are made
// elsewhere; here they become durable first and known second.

import {
  desiredPool,
  isEnabled,
  obey,
  online,
  standingFor,
  taken,
  untouched,
  type CommandVerdict,
  type DesiredPool,
  type OfflineVerdict,
  type PoolCommand,
  type PoolStanding,
} from "@penstock/activation";
import { assert } from "@penstock/foundation";
import type { ApplicationPool } from "@penstock/domain";
import type { RoutingStore, StandingStore } from "@penstock/nats-administration";
import type { PoolState } from "@penstock/wire";
import type { ObservedPools } from "./observed-pools.ts";

/** What {@link PoolStandings} are made of. */
export interface PoolStandingsParts {
  readonly store: StandingStore;
  readonly routing: RoutingStore;
  readonly pools: ObservedPools;
  readonly configured: readonly ApplicationPool[];
  readonly generationOf: (pool: ApplicationPool) => string;
}

interface Standing {
  readonly pool: ApplicationPool;
  readonly generation: string;
  operatorStarts: number;
  value: PoolStanding;
}

/** The standings of all configured pools. */
export class PoolStandings {
  readonly #parts: PoolStandingsParts;
  readonly #standings = new Map<string, Standing>();
  readonly #desired = new Map<string, DesiredPool>();
  /** One change after another: each is read, decided, written. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(parts: PoolStandingsParts) {
    this.#parts = parts;
  }

  /** Reads what was kept. */
  static async load(parts: PoolStandingsParts): Promise<PoolStandings> {
    const standings = new PoolStandings(parts);
    for (const pool of parts.configured) {
      const generation = parts.generationOf(pool);
      const kept = (await parts.store.load(pool.name)) ?? untouched;
      const value = standingFor(generation, kept);
      standings.#hold({ pool, generation, operatorStarts: 0, value });
    }
    return standings;
  }

  /** Every configured pool as it should be. */
  get desired(): ReadonlyMap<string, DesiredPool> {
    return this.#desired;
  }

  /** Tells the listeners the state of every pool. */
  async publish(): Promise<void> {
    for (const standing of this.#standings.values()) await this.#tell(standing);
  }

  /** Has an operator's command obeyed: when this resolves, it holds. Undefined: no such pool. */
  command(name: string, command: PoolCommand): Promise<CommandVerdict | undefined> {
    return this.#next(async () => {
      const standing = this.#standings.get(name);
      if (!standing) return undefined;
      const verdict = obey(command, standing.pool, standing.value);
      if (verdict.kind === "refused") return verdict;
      const operatorStarts = standing.operatorStarts + (command === "start" ? 1 : 0);
      await this.#change({ ...standing, operatorStarts, value: verdict.standing });
      return verdict;
    });
  }

  /** Protection's verdict: listeners answer AppOffline until {@link bringOnline}, or an operator's start. */
  takeOffline(name: string, verdict: Omit<OfflineVerdict, "generation">): Promise<void> {
    const { generation } = this.#of(name);
    return this.#decide(name, (standing) => taken(standing, { ...verdict, generation }));
  }

  /** The verdict is lifted. */
  bringOnline(name: string): Promise<void> {
    return this.#decide(name, online);
  }

  /** All verdicts lapse: the whole of Penstock stops, and its next start is another try for everybody. */
  async forgetVerdicts(): Promise<void> {
    for (const { pool, value } of this.#standings.values())
      if (value.offline) await this.#parts.store.save(pool.name, online(value));
  }

  /** What is seen changes at once, so that no turn decides it again; it changes back when the broker is away. */
  #decide(name: string, change: (standing: PoolStanding) => PoolStanding): Promise<void> {
    const sight = this.#parts.pools.of(name);
    const before = sight.verdict;
    sight.verdict = change(this.#of(name).value).offline;
    return this.#next(async () => {
      const standing = this.#of(name);
      try {
        await this.#change({ ...standing, value: change(standing.value) });
      } catch (thrown) {
        sight.verdict = before;
        throw thrown;
      }
    });
  }

  async #change(standing: Standing): Promise<void> {
    await this.#parts.store.save(standing.pool.name, standing.value);
    this.#hold(standing);
    await this.#tell(standing);
  }

  #hold(standing: Standing): void {
    const { pool, generation, operatorStarts, value } = standing;
    this.#standings.set(pool.name, standing);
    this.#desired.set(
      pool.name,
      desiredPool(pool, generation, { standing: value, operatorStarts }),
    );
    this.#parts.pools.of(pool.name).verdict = value.offline;
  }

  async #tell({ pool, value }: Standing): Promise<void> {
    await this.#parts.routing.publishState(pool.name, stateOf(pool, value));
  }

  #of(name: string): Standing {
    const standing = this.#standings.get(name);
    assert(standing, "decisions are about configured pools");
    return standing;
  }

  #next<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(change);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** What listeners are told: the kind of a failure, never its details. */
function stateOf(pool: ApplicationPool, standing: PoolStanding): PoolState {
  if (!isEnabled(pool, standing)) {
    const detail = standing.operator === undefined ? "autoStart is false" : "";
    return { state: "disabled", detail };
  }
  if (standing.offline) return { state: "offline", detail: standing.offline.told };
  return { state: "started" };
}
