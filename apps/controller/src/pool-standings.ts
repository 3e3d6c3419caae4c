// What is wanted of each pool, by configuration, by operators and by rapid-fail protection: kept at the
// broker, where it outlives this process, and told to the listeners from there. Decisions are made
// elsewhere; here they become durable first and known second.

import { isDeepStrictEqual } from "node:util";
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
import { Turns } from "./turns.ts";

/** What {@link PoolStandings} are made of. */
export interface PoolStandingsParts {
  readonly store: Pick<StandingStore, "load" | "save">;
  readonly routing: Pick<RoutingStore, "publishState">;
  readonly pools: ObservedPools;
  readonly configured: readonly ApplicationPool[];
  readonly generationOf: (pool: ApplicationPool) => string;
}

interface Standing {
  readonly pool: ApplicationPool;
  readonly generation: string;
  readonly operatorStarts: number;
  readonly value: PoolStanding;
}

/** The standings of all configured pools. */
export class PoolStandings {
  readonly #parts: PoolStandingsParts;
  #standings: ReadonlyMap<string, Standing> = new Map();
  #desired: ReadonlyMap<string, DesiredPool> = new Map();
  /** One change after another: each is read, decided, written. */
  readonly #turns = new Turns();

  private constructor(parts: PoolStandingsParts) {
    this.#parts = parts;
  }

  /** Reads what was kept. */
  static async load(parts: PoolStandingsParts): Promise<PoolStandings> {
    const standings = new PoolStandings(parts);
    standings.#swap(await standings.#standingsOf(parts.configured));
    return standings;
  }

  /** Every configured pool as it should be. */
  get desired(): ReadonlyMap<string, DesiredPool> {
    return this.#desired;
  }

  /**
   * Takes another configuration into force: what is kept of new pools is read and told, `commit` is run, and
   * when it has resolved all pools are swapped at once. Pools that are not configured any more stay as they
   * are until {@link remove}. Rejects, with nothing changed, when something of this fails.
   */
  reconfigure(configured: readonly ApplicationPool[], commit: () => Promise<void>): Promise<void> {
    return this.#turns.next(async () => {
      const before = this.#standings;
      const next = await this.#standingsOf(configured);
      for (const [name, standing] of next) if (!before.has(name)) await this.#tell(standing);
      await commit();
      this.#swap(new Map([...next, ...Array.from(before).filter(([name]) => !next.has(name))]));
      for (const [name, standing] of next)
        if (before.has(name) && !isDeepStrictEqual(before.get(name), standing))
          await this.#tell(standing);
    });
  }

  /** A pool that is not configured any more is not wanted any more: its workers are to go. */
  remove(name: string): Promise<void> {
    return this.#turns.next(() => {
      this.#swap(new Map(Array.from(this.#standings).filter(([each]) => each !== name)));
      return Promise.resolve();
    });
  }

  /** Tells the listeners the state of every pool. */
  async publish(): Promise<void> {
    for (const standing of this.#standings.values()) await this.#tell(standing);
  }

  /** Has an operator's command obeyed: when this resolves, it holds. Undefined: no such pool. */
  command(name: string, command: PoolCommand): Promise<CommandVerdict | undefined> {
    return this.#turns.next(async () => {
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
    return this.#turns.next(async () => {
      const standing = this.#standings.get(name);
      // It was removed in between, and with it whatever stood against it.
      if (!standing) return;
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

  async #standingsOf(
    configured: readonly ApplicationPool[],
  ): Promise<ReadonlyMap<string, Standing>> {
    const standings = new Map<string, Standing>();
    for (const pool of configured) standings.set(pool.name, await this.#standingOf(pool));
    return standings;
  }

  async #standingOf(pool: ApplicationPool): Promise<Standing> {
    const generation = this.#parts.generationOf(pool);
    const before = this.#standings.get(pool.name);
    const kept = before?.value ?? (await this.#parts.store.load(pool.name)) ?? untouched;
    const value = standingFor(generation, kept);
    const starts = before?.operatorStarts ?? 0;
    // A verdict that has lapsed leaves nothing behind, as if an operator had started the pool.
    const operatorStarts = kept.offline && !value.offline ? starts + 1 : starts;
    return { pool, generation, operatorStarts, value };
  }

  #hold(standing: Standing): void {
    this.#swap(new Map(this.#standings).set(standing.pool.name, standing));
  }

  /** A verdict that is being decided is seen already: only what differs from before is shown anew. */
  #swap(standings: ReadonlyMap<string, Standing>): void {
    const before = this.#standings;
    this.#standings = standings;
    this.#desired = new Map(Array.from(standings, ([name, each]) => [name, desiredOf(each)]));
    for (const [name, { value }] of standings)
      if (before.get(name)?.value !== value) this.#parts.pools.of(name).verdict = value.offline;
  }

  async #tell({ pool, value }: Standing): Promise<void> {
    await this.#parts.routing.publishState(pool.name, stateOf(pool, value));
  }

  #of(name: string): Standing {
    const standing = this.#standings.get(name);
    assert(standing, "decisions are about configured pools");
    return standing;
  }
}

function desiredOf({ pool, generation, operatorStarts, value }: Standing): DesiredPool {
  return desiredPool(pool, generation, { standing: value, operatorStarts });
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
