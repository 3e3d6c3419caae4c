// Second versions of pools, as operators decide about them. A ruling is taken into force like a configuration:
// durable first, then one swap. A promotion has a second part, which comes by itself: once every worker of the
// pool runs the version, its canary is not needed any more.
//
//   promote ──> promoting ──every worker of the pool is of its generation──> promoted: the canary is seen off
//   rollback ─────────────────────────────────────────────────────────────> rolledBack: the canary is seen off

import {
  noticeOf,
  rule,
  stays,
  type CanaryRuling,
  type VersionCommand,
} from "@penstock/activation";
import { canaryName, poolOfCanary, type ApplicationPool } from "@penstock/domain";
import type { CancelTimer, Clock } from "@penstock/foundation";
import type { ConfigurationReload } from "../configuration/configuration-reload.ts";
import type { PoolChangeover } from "../configuration/pool-changeover.ts";
import type { ControllerEvents } from "../controller-events.ts";
import type { ObservedPools } from "../observed-pools.ts";
import type { PoolStandings } from "../pool-standings.ts";
import type { Turns } from "../turns.ts";

/** Time between two looks at a promotion, milliseconds. */
const LOOK_MS = 250;

/** What became of a command about a canary. */
export type VersionOutcome =
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly why: string; readonly remedy: string }
  /** `leaving`: workers that go because of it; `notice`: what the file should say now. */
  | { readonly kind: "obeyed"; readonly leaving: readonly string[]; readonly notice: string };

/** What {@link PoolVersions} are made of. */
export interface PoolVersionsParts {
  readonly configuration: Pick<ConfigurationReload, "configuration">;
  readonly changeover: Pick<PoolChangeover, "run">;
  readonly standings: Pick<PoolStandings, "desired" | "rulingOn">;
  readonly versionsOf: (pool: ApplicationPool) => string;
  readonly pools: ObservedPools;
  readonly events: Pick<ControllerEvents, "failed" | "promoted">;
  readonly clock: Clock;
  /** False while the broker cannot be reached, or another controller may lead. */
  readonly ready: () => boolean;
  /** Shared with reloads. */
  readonly turns: Turns;
}

/** Held by the admin API. */
export interface VersionOperations {
  decide(pool: string, command: VersionCommand): Promise<VersionOutcome>;
}

/** Decides about second versions, and sees promotions through. */
export class PoolVersions implements VersionOperations, Disposable {
  readonly #parts: PoolVersionsParts;
  #cancel: CancelTimer | undefined;
  #disposed = false;

  constructor(parts: PoolVersionsParts) {
    this.#parts = parts;
    this.#plan();
  }

  /** Has a command obeyed: when this resolves, it holds, and outlives the controller. */
  async decide(name: string, command: VersionCommand): Promise<VersionOutcome> {
    const outcome = await this.#parts.turns.next(() => this.#decide(name, command));
    this.#plan();
    return outcome;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#cancel?.();
  }

  async #decide(name: string, command: VersionCommand): Promise<VersionOutcome> {
    const { configuration, standings, versionsOf } = this.#parts;
    const { configuration: file } = configuration;
    const pool = file.pools.find((each) => each.name === name);
    if (!pool) return ofCanary(name, command, file.pools);
    const offline = this.#parts.pools.of(canaryName(name)).verdict;
    if (command === "promote" && offline)
      return {
        kind: "refused",
        why: `its canary is offline: ${offline.reason}`,
        remedy: `penstock pool rollback ${name}`,
      };
    const ruling = standings.rulingOn(name);
    const outcome = rule(command, pool, { versions: versionsOf(pool), ruling });
    if (outcome.kind === "refused") return outcome;
    const leaving = this.#leavingFor(name, outcome.ruling, ruling);
    await this.#takeIntoForce(name, outcome.ruling);
    return { kind: "obeyed", leaving, notice: noticeOf(name, outcome.ruling) };
  }

  /** The canary's workers, and the pool's own where those run another version then. */
  #leavingFor(name: string, next: CanaryRuling, before: CanaryRuling | undefined): string[] {
    const poolStays = next.verdict === "rolledBack" && before === undefined;
    const leaving = poolStays ? [canaryName(name)] : [name, canaryName(name)];
    return leaving.flatMap((pool) => this.#parts.pools.of(pool).inService.map(({ id }) => id));
  }

  async #takeIntoForce(pool: string, ruling: CanaryRuling): Promise<void> {
    const { configuration, changeover } = this.#parts;
    const { configuration: file } = configuration;
    await changeover.run(file.edge, file, { pool, ruling });
  }

  #plan(): void {
    if (this.#cancel || this.#disposed || this.#promoting().length === 0) return;
    this.#cancel = this.#parts.clock.after(LOOK_MS, () => {
      void this.#parts.turns
        .next(() => this.#look())
        .catch((thrown: unknown) => this.#parts.events.failed("ending a promotion", thrown))
        .finally(() => {
          this.#cancel = undefined;
          this.#plan();
        });
    });
  }

  async #look(): Promise<void> {
    if (!this.#parts.ready()) return;
    for (const name of this.#promoting()) {
      const ruling = this.#parts.standings.rulingOn(name);
      if (!ruling || !this.#hasRotated(name)) continue;
      await this.#takeIntoForce(name, { ...ruling, verdict: "promoted" });
      this.#parts.events.promoted(name);
    }
  }

  #promoting(): string[] {
    const { standings } = this.#parts;
    return Array.from(standings.desired.keys()).filter(
      (name) => standings.rulingOn(name)?.verdict === "promoting",
    );
  }

  #hasRotated(name: string): boolean {
    const generation = this.#parts.standings.desired.get(name)?.generation;
    const { workers, launching } = this.#parts.pools.of(name);
    return [...workers.values(), ...launching.values()].every(
      (worker) => worker.generation === generation || !stays(worker),
    );
  }
}

/** Whoever names the canary means its pool. */
function ofCanary(
  name: string,
  command: VersionCommand,
  pools: readonly ApplicationPool[],
): VersionOutcome {
  const owner = poolOfCanary(name);
  if (!pools.some((each) => each.name === owner)) return { kind: "unknown" };
  return {
    kind: "refused",
    why: `it is the canary of ${owner}`,
    remedy: `penstock pool ${command} ${owner}`,
  };
}
