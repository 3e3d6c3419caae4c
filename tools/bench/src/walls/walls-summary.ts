// What the samples of the walls come to: one row per kind of request, number under way, and broker; how it
// compares with the open account. Pure.

import { summarizeLoads, type LoadSummary } from "../measuring/load-summary.ts";
import type { WallsSample } from "./account-walls.ts";
import type { BrokerName } from "./broker.ts";
import type { RequestKind } from "./request-kind.ts";

/** The broker that the walls are compared with. */
export const openAccount: BrokerName = "open";

/** A broker under a load. */
export interface WallsRow extends LoadSummary {
  readonly kind: RequestKind;
  readonly inFlight: number;
  readonly target: BrokerName;
}

/** Sums up. Rows are in the order in which the samples first name them. */
export function summarizeWalls(samples: readonly WallsSample[]): WallsRow[] {
  const groups = Map.groupBy(samples, (sample) => `${loadOf(sample)} ${sample.target}`);
  return Array.from(groups.values()).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { kind, inFlight, target } = first;
    const peers = groups.get(`${loadOf(first)} ${openAccount}`) ?? [];
    return [{ kind, inFlight, target, ...summarizeLoads(group, peers) }];
  });
}

function loadOf({ kind, inFlight }: WallsSample): string {
  return `${kind} ${inFlight}`;
}
