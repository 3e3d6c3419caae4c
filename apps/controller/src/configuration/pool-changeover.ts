// From the pools that are in force to others, while requests flow: for a reload, and for a ruling on a canary. In
// this order, so that no request meets half of it:
//
//   1 queues and accounts   of pools that are new or changed; nobody uses what is new yet
//   2 the routing table     written once, as one value: listeners swap it whole
//   3 what is wanted        swapped in one cell; the loop replaces workers, pools that are gone are seen off
//
// What fails in 1 or 2 is undone.

import {
  diffConfiguration,
  type ConfigurationDiff,
  type HostConfiguration,
} from "@penstock/configuration";
import type { ApplicationPool, EdgeSettings } from "@penstock/domain";
import type { RoutingStore } from "@penstock/nats-administration";
import type { ControllerEvents } from "../controller-events.ts";
import type { NewRuling, PoolStandings } from "../pool-standings.ts";
import type { PoolProvisioning } from "./pool-provisioning.ts";
import type { PoolRetirement } from "./pool-retirement.ts";

/** What a {@link PoolChangeover} is made of. */
export interface PoolChangeoverParts {
  readonly provisioning: Pick<PoolProvisioning, "provision" | "remove">;
  readonly retirement: Pick<PoolRetirement, "has" | "keep" | "begin">;
  readonly routing: Pick<RoutingStore, "publishTable">;
  readonly standings: Pick<
    PoolStandings,
    "desired" | "inForce" | "look" | "publish" | "reconfigure"
  >;
  readonly events: Pick<ControllerEvents, "failed" | "poolsConfigured" | "rotated">;
  /** Has pools looked at whose configuration is another one. */
  readonly reconfigured: (pools: readonly string[]) => void;
}

/** Takes pools into force. One change at a time: its callers take turns. */
export class PoolChangeover {
  readonly #parts: PoolChangeoverParts;

  constructor(parts: PoolChangeoverParts) {
    this.#parts = parts;
  }

  /** Makes everything at the broker as it should be. */
  async restore(edge: EdgeSettings): Promise<void> {
    const { provisioning, standings, routing } = this.#parts;
    await provisioning.provision(Array.from(standings.desired.values(), ({ pool }) => pool));
    await standings.publish();
    await routing.publishTable(standings.inForce.all, edge);
  }

  /** Goes over to `next`, with this ruling if one is given. Rejects, with what was before in force, or goes all the way. */
  async run(before: EdgeSettings, next: HostConfiguration, given?: NewRuling): Promise<void> {
    const { provisioning, retirement, routing, standings, events } = this.#parts;
    const { all: stood } = standings.inForce;
    const { all: pools } = await standings.look(next.pools, given);
    const { edge } = next;
    const diff = diffConfiguration({ pools: stood }, { pools });
    const touched = [...diff.added, ...diff.changed.map(({ name }) => name)];
    const wasRetiring = new Set(diff.added.filter((name) => retirement.has(name)));
    try {
      await provisioning.provision(named(pools, touched));
      await standings.reconfigure(next.pools, () => routing.publishTable(pools, edge), given);
    } catch (thrown) {
      await this.#undo({ pools: stood, edge: before }, diff, wasRetiring);
      throw thrown;
    }
    for (const name of diff.added) retirement.keep(name);
    for (const pool of named(stood, diff.removed)) retirement.begin(pool);
    events.poolsConfigured(Array.from(standings.desired.keys()));
    for (const { name, generationChanged } of diff.changed)
      if (generationChanged) events.rotated(name);
    this.#parts.reconfigured([...touched, ...diff.removed]);
  }

  /** As far as the broker lets it; what it does not is put in order by the next start. */
  async #undo(
    { pools, edge }: Pick<HostConfiguration, "pools" | "edge">,
    { added, changed }: ConfigurationDiff,
    wasRetiring: ReadonlySet<string>,
  ): Promise<void> {
    const { provisioning, routing, events } = this.#parts;
    const names = changed.map(({ name }) => name);
    try {
      await routing.publishTable(pools, edge);
      await provisioning.provision(named(pools, names));
      for (const name of added) if (!wasRetiring.has(name)) await provisioning.remove(name);
    } catch (thrown) {
      events.failed("going back to the configuration of before", thrown);
    }
  }
}

function named(
  pools: readonly ApplicationPool[],
  names: readonly string[],
): readonly ApplicationPool[] {
  const wanted = new Set(names);
  return pools.filter(({ name }) => wanted.has(name));
}
