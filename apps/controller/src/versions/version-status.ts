// What is told of a pool's versions: which one it is, and what was decided about it.

import { noticeOf, type CanaryRuling, type DesiredPool } from "@penstock/activation";
import { poolOfCanary, type Stickiness } from "@penstock/domain";
import type { PoolStatus } from "../status-report.ts";

/** The part of a pool's status that is about versions. Empty where there is one version and nothing was decided. */
export function versionStatus(
  name: string,
  desired: ReadonlyMap<string, DesiredPool>,
  rulingOn: (pool: string) => CanaryRuling | undefined,
): Pick<PoolStatus, "version" | "ruling"> {
  const of = poolOfCanary(name) ?? name;
  const canary = desired.get(of)?.pool.canary;
  const ruling = rulingOn(name);
  const isCanary = of !== name;
  return {
    ...(canary && {
      version: {
        of,
        runs: isCanary ? "canary" : "stable",
        share: isCanary ? canary.weight : 100 - canary.weight,
        ...(canary.sticky && { sticky: stickyBy(canary.sticky) }),
      },
    }),
    ...(ruling && { ruling: { verdict: ruling.verdict, notice: noticeOf(name, ruling) } }),
  };
}

function stickyBy(sticky: Stickiness): string {
  return "header" in sticky ? `header ${sticky.header}` : `cookie ${sticky.cookie}`;
}
