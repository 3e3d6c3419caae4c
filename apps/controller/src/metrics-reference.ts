// Prints what a controller exports, as JSON, for docs/metrics.md. Run as a program: nobody imports an app.

import { exportConnection, Metrics } from "@penstock/process/metrics";
import { exportBrokerStorage } from "./broker-storage-metrics.ts";
import { exportCredentialExpiry } from "./credential-expiry-metrics.ts";
import { createControllerMetrics } from "./controller-metrics.ts";
import { exportLeadership } from "./leadership/export-leadership.ts";
import { ObservedPools } from "./observed-pools.ts";
import { version } from "./version.ts";
import { exportWorkerUsage } from "./worker-usage-metrics.ts";

const metrics = new Metrics();
const noBroker = () => Promise.reject(new Error("there is no broker"));
metrics.countLogEvents();
metrics.exportProcess({ component: "controller", version });
createControllerMetrics(metrics, {
  pools: new ObservedPools(),
  configured: () => [],
  queues: { of: () => ({ messages: 0, bytes: 0, oldestAgeMs: 0, enqueued: 0 }) },
  queueBytesMax: () => 0,
  recentFailures: () => 0,
});
exportConnection(metrics, "controller", {
  connected: false,
  roundTripMs: noBroker,
  watch: () => {},
});
exportBrokerStorage(metrics, noBroker);
exportCredentialExpiry(metrics, { pools: () => [], credentials: () => [] });
exportWorkerUsage(metrics, () => []);
exportLeadership(metrics, () => false);
process.stdout.write(JSON.stringify(metrics.descriptions));
process.exit();
