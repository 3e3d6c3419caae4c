// When the credentials of living workers end, for scrapes. They are renewed at half of their life, so the earliest
// end of a pool comes near only when renewals fail.

import type { Credential } from "@penstock/nats-accounts";
import type { Metrics } from "@penstock/process/metrics";

/** What is read at each scrape. */
export interface CredentialExpiryGauges {
  readonly pools: () => Iterable<string>;
  readonly credentials: () => readonly Credential[];
}

/** Begins to export it. A pool without a worker shows 0. */
export function exportCredentialExpiry(metrics: Metrics, gauges: CredentialExpiryGauges): void {
  const expiry = metrics.gauge({
    name: "penstock_credentials_expiry_timestamp_seconds",
    help: "When the first of the pool's living workers loses its credentials, unless they are renewed; 0 without workers.",
    labels: ["pool"],
    collect: () => {
      const ends = Map.groupBy(gauges.credentials(), ({ pool = "" }) => pool);
      for (const pool of gauges.pools())
        expiry.series({ pool }).set(earliestEnd(ends.get(pool) ?? []));
    },
  });
}

/** Epoch seconds; 0 when none of them lives, or none ends. */
function earliestEnd(credentials: readonly Credential[]): number {
  const ends = credentials.flatMap(({ kind, expiresAt, revokedAt }) =>
    kind === "worker" && revokedAt === undefined && expiresAt !== undefined ? [expiresAt] : [],
  );
  return ends.length === 0 ? 0 : Math.min(...ends);
}
