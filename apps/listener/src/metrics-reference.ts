// Prints what a listener exports, as JSON, for docs/metrics.md. Run as a program: nobody imports an app.

import { exportConnection, Metrics } from "@penstock/process/metrics";
import { createListenerMetrics } from "./listener-metrics.ts";
import { version } from "./version.ts";

const metrics = new Metrics();
metrics.countLogEvents();
metrics.exportProcess({ component: "listener", version });
createListenerMetrics(metrics, { openConnections: () => 0, inFlight: () => [] });
exportConnection(metrics, "listener", {
  connected: false,
  roundTripMs: () => Promise.reject(new Error("there is no broker")),
  watch: () => {},
});
process.stdout.write(JSON.stringify(metrics.descriptions));
process.exit();
