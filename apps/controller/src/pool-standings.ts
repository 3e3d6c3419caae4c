// What is wanted of each pool, by configuration, by operators and by rapid-fail protection: kept at the
// broker, where it outlives this process, and told to the listeners from there. Decisions are made
// elsewhere; here they become durable first and known second.

import { isDeepStrictEqual } from "node:util";
import {
  desiredPool,
  hold,
  isEnabled,
  noticeOf,
  obey,
  online,
  poolUnder,
  released,
  ruled,
  rulingFor,
  standingFor,
  taken,
  untouched,
  type CanaryRuling,
  type CommandVerdict,
  type DesiredPool,
  type HoldOrder,
  type OfflineVerdict,
  type Orphan,
  type PoolCommand,
  type PoolStanding,
} from "@penstock/activation";
import { assert, mapLimited } from "@penstock/foundation";
import { withCanary, type ApplicationPool, type HostLimits } from "@penstock/domain";
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
  /** The pools that have a queue at the broker. */
  readonly queued: readonly string[];
  readonly generationOf: (pool: ApplicationPool) => string;
  readonly versionsOf: (pool: ApplicationPool) => string;
}

/** What is read from the broker, or written, at one time. */
const AT_ONCE = 32;

/** An operator's ruling on a pool's canary that is to be taken into force. */
export interface NewRuling {
  readonly pool: string;
  readonly ruling: CanaryRuling;
}

/** Workers that a pool holds by an operator's word. */
export interface Held {
  readonly workers: number;
  /** Milliseconds since the Unix epoch; absent: until further notice. */
  readonly until?: number;
}

/** What a configuration comes to, under what operators decided about canaries. */
export interface PoolsInForce {
  /** As the configuration would have them if it said what was decided. */
  readonly pools: readonly ApplicationPool[];
  /** The same with each canary as a pool of its own. */
  readonly all: readonly ApplicationPool[];
  /** Where the file says something else, a sentence each. */
  readonly notices: readonly string[];
}

interface Standing {
  readonly pool: ApplicationPool;
  readonly generation: string;
  readonly operatorStarts: number;
  readonly value: PoolStanding;
  /** What the broker keeps; another object than `value` where that has still to be kept. */
  readonly kept: PoolStanding;
}

interface StandingsPlan {
  readonly inForce: PoolsInForce;
  readonly standings: ReadonlyMap<string, Standing>;
}

/** The standings of all configured pools, and of their canaries. */
export class PoolStandings {
  readonly #parts: PoolStandingsParts;
  #standings: ReadonlyMap<string, Standing> = new Map();
  #desired: ReadonlyMap<string, DesiredPool> = new Map();
  #inForce: PoolsInForce = { pools: [], all: [], notices: [] };
  /** One change after another: each is read, decided, written. */
  readonly #turns = new Turns();

  private constructor(parts: PoolStandingsParts) {
    this.#parts = parts;
  }

  /** Reads what was kept. */
  static async load(parts: PoolStandingsParts): Promise<PoolStandings> {
    const standings = new PoolStandings(parts);
    const plan = await standings.#plan(parts.configured);
    standings.#inForce = plan.inForce;
    standings.#swap(new Map([...(await standings.#endedCanaries()), ...plan.standings]));
    return standings;
  }

  /** Every pool as it should be: those of the configuration, their canaries, and what is being seen off. */
  get desired(): ReadonlyMap<string, DesiredPool> {
    return this.#desired;
  }

  /** What is in force of the configuration. */
  get inForce(): PoolsInForce {
    return this.#inForce;
  }

  /** The ruling on a pool's canary that holds. */
  rulingOn(pool: string): CanaryRuling | undefined {
    return this.#standings.get(pool)?.value.canary;
  }

  /** What a configuration would come to, with this ruling if one is given. Changes nothing. */
  async look(configured: readonly ApplicationPool[], given?: NewRuling): Promise<PoolsInForce> {
    return (await this.#plan(configured, given)).inForce;
  }

  /**
   * Takes another configuration into force, or another ruling: what is kept of new pools is read and told,
   * rulings are kept and verdicts on what was configured before are not, `commit` is run, and when it has resolved all pools are swapped at once. Pools that are
   * not configured any more stay as they are until {@link remove}. Rejects, with nothing changed, when something
   * of this fails.
   */
  reconfigure(
    configured: readonly ApplicationPool[],
    commit: () => Promise<void>,
    given?: NewRuling,
  ): Promise<void> {
    return this.#turns.next(async () => {
      const before = this.#standings;
      const { inForce, standings: planned } = await this.#plan(configured, given);
      for (const [name, standing] of planned) if (!before.has(name)) await this.#tell(standing);
      let next: ReadonlyMap<string, Standing>;
      try {
        next = await this.#keepAll(planned);
        await commit();
      } catch (thrown) {
        for (const { pool, value, kept } of planned.values())
          if (value !== kept) await this.#parts.store.save(pool.name, kept);
        throw thrown;
      }
      this.#inForce = inForce;
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

  /** Keeps what is not kept yet, and tells the listeners the state of every pool. */
  async publish(): Promise<void> {
    this.#swap(await this.#keepAll(this.#standings));
    await mapLimited(this.#standings.values(), AT_ONCE, (standing) => this.#tell(standing));
  }

  /** Has an operator's command obeyed: when this resolves, it holds. Undefined: no such pool. */
  command(name: string, command: PoolCommand): Promise<CommandVerdict | undefined> {
    const starts = command === "start" ? 1 : 0;
    return this.#obey(name, starts, ({ pool, value }) => obey(command, pool, value));
  }

  /** Has a pool hold at least so many workers: when this resolves, it holds. Undefined: no such pool. */
  hold(name: string, order: HoldOrder, host: HostLimits): Promise<CommandVerdict | undefined> {
    return this.#obey(name, 0, ({ pool, value }) => hold(order, pool, { standing: value, host }));
  }

  /** Has a pool go by its demand again if it still holds until `until`; false when it does not. */
  release(name: string, until: number): Promise<boolean> {
    return this.#turns.next(async () => {
      const standing = this.#standings.get(name);
      if (standing?.value.heldUntil !== until) return false;
      await this.#change({ ...standing, value: released(standing.value) });
      return true;
    });
  }

  #obey(
    name: string,
    starts: number,
    decide: (standing: Standing) => CommandVerdict,
  ): Promise<CommandVerdict | undefined> {
    return this.#turns.next(async () => {
      const standing = this.#standings.get(name);
      if (!standing) return undefined;
      const verdict = decide(standing);
      if (verdict.kind === "refused") return verdict;
      const operatorStarts = standing.operatorStarts + starts;
      await this.#change({ ...standing, operatorStarts, value: verdict.standing });
      return verdict;
    });
  }

  /** Workers that an operator has a pool hold, and until when; undefined while nobody has. */
  heldBy(name: string): Held | undefined {
    const { heldWorkers, heldUntil } = this.#standings.get(name)?.value ?? {};
    if (heldWorkers === undefined) return undefined;
    return { workers: heldWorkers, ...(heldUntil !== undefined && { until: heldUntil }) };
  }

  /** Who of a pool was orphaned last. */
  orphanOf(name: string): Orphan | undefined {
    return this.#standings.get(name)?.value.orphan;
  }

  /** Keeps that a worker is an orphan: when this resolves, the next controller knows it too. */
  keepOrphan(name: string, orphan: Orphan): Promise<void> {
    return this.#turns.next(async () => {
      const standing = this.#standings.get(name);
      if (standing) await this.#change({ ...standing, value: { ...standing.value, orphan } });
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
    const { pool, value } = standing;
    await this.#parts.store.save(pool.name, value);
    this.#swap(new Map(this.#standings).set(pool.name, { ...standing, kept: value }));
    await this.#tell(standing);
  }

  /** Rulings that are new become durable, and what has lapsed is gone for the next controller too. */
  async #keepAll(standings: ReadonlyMap<string, Standing>): Promise<Map<string, Standing>> {
    const durable = new Map(standings);
    for (const [name, standing] of standings)
      if (standing.value !== standing.kept) {
        await this.#parts.store.save(name, standing.value);
        durable.set(name, { ...standing, kept: standing.value });
      }
    return durable;
  }

  async #plan(configured: readonly ApplicationPool[], given?: NewRuling): Promise<StandingsPlan> {
    const pools: ApplicationPool[] = [];
    const notices: string[] = [];
    const standings = new Map<string, Standing>();
    const read = await mapLimited(configured, AT_ONCE, ({ name }) => this.#kept(name));
    for (const [index, pool] of configured.entries()) {
      const kept = read[index] ?? untouched;
      const value = this.#ruledValue(pool, kept, given?.pool === pool.name ? given : undefined);
      const inForce = poolUnder(pool, value.canary);
      pools.push(inForce);
      if (value.canary) notices.push(noticeOf(pool.name, value.canary));
      for (const each of withCanary(inForce)) {
        const own = each === inForce ? kept : await this.#kept(each.name);
        standings.set(each.name, this.#standingOf(each, own, each === inForce ? value : own));
      }
    }
    return { inForce: { pools, all: pools.flatMap(withCanary), notices }, standings };
  }

  /** Canaries that an operator has ended and that a controller before did not see off: requests may wait for them. */
  async #endedCanaries(): Promise<[string, Standing][]> {
    const { configured, queued } = this.#parts;
    const ended: [string, Standing][] = [];
    for (const pool of configured)
      for (const each of withCanary(pool).filter(
        (one) => one !== pool && queued.includes(one.name),
      ))
        ended.push([each.name, this.#standingOf(each, await this.#kept(each.name))]);
    return ended;
  }

  async #kept(name: string): Promise<PoolStanding> {
    const known = this.#standings.get(name)?.value;
    return known ?? (await this.#parts.store.load(name)) ?? untouched;
  }

  /** A ruling that has lapsed, or is new, is another standing. */
  #ruledValue(
    pool: ApplicationPool,
    kept: PoolStanding,
    given: NewRuling | undefined,
  ): PoolStanding {
    const ruling = rulingFor(pool, this.#parts.versionsOf(pool), given?.ruling ?? kept.canary);
    if (isDeepStrictEqual(ruling, kept.canary)) return kept;
    const value = ruled(kept, ruling);
    // Where another configuration is no reason to replace workers, an operator's word is.
    const rotates = given !== undefined && pool.recycling.disallowRotationOnConfigChange;
    return rotates ? { ...value, recycles: value.recycles + 1 } : value;
  }

  #standingOf(pool: ApplicationPool, kept: PoolStanding, underRuling = kept): Standing {
    const generation = this.#parts.generationOf(pool);
    const value = standingFor(generation, underRuling);
    const starts = this.#standings.get(pool.name)?.operatorStarts ?? 0;
    // A verdict that has lapsed leaves nothing behind, as if an operator had started the pool.
    const operatorStarts = kept.offline && !value.offline ? starts + 1 : starts;
    return { pool, generation, operatorStarts, value, kept };
  }

  /** A verdict that is being decided is seen already: only what differs from before is shown anew. */
  #swap(standings: ReadonlyMap<string, Standing>): void {
    const before = this.#standings;
    this.#standings = standings;
    const known = this.#desired;
    this.#desired = new Map(
      Array.from(standings, ([name, each]) => {
        const same = before.get(name) === each ? known.get(name) : undefined;
        return [name, same ?? desiredOf(each)];
      }),
    );
    for (const [name, { value }] of standings)
      if (before.get(name)?.value.offline !== value.offline)
        this.#parts.pools.of(name).verdict = value.offline;
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
