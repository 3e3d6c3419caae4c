import assert from "node:assert/strict";
import test from "node:test";
import type { Credential } from "@penstock/nats-accounts";
import { Metrics } from "@penstock/process/metrics";
import { exportCredentialExpiry } from "./credential-expiry-metrics.ts";

let keys = 0;

function given(parts: Partial<Credential>): Credential {
  const userKey = `U${++keys}`;
  return { version: 1, kind: "worker", name: userKey, userKey, signer: "A", issuedAt: 1, ...parts };
}

test("a pool shows the earliest end of its living workers' credentials, and 0 without any", async () => {
  const metrics = new Metrics();
  const credentials = [
    given({ pool: "busy", expiresAt: 300 }),
    given({ pool: "busy", expiresAt: 200 }),
    given({ pool: "busy", expiresAt: 100, revokedAt: 50 }),
    given({ kind: "listener", expiresAt: 10 }),
    given({ pool: "gone", expiresAt: 20 }),
  ];
  exportCredentialExpiry(metrics, {
    pools: () => ["busy", "zero"],
    credentials: () => credentials,
  });
  const text = await metrics.render();
  const shown = text.split("\n").filter((line) => line.startsWith("penstock_credentials"));
  assert.deepEqual(shown.toSorted(), [
    'penstock_credentials_expiry_timestamp_seconds{pool="busy"} 200',
    'penstock_credentials_expiry_timestamp_seconds{pool="zero"} 0',
  ]);
});
