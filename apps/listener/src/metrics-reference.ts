// Prints what a listener exports, as JSON, for docs/metrics.md. Run as a program: nobody imports an app.

import { createLog } from "@penstock/process";
import { exportConnection, Metrics } from "@penstock/process/metrics";
import { EdgeEvents } from "./edge/edge-events.ts";
import { createListenerMetrics } from "./listener-metrics.ts";
import { version } from "./version.ts";

const metrics = new Metrics();
metrics.countLogEvents();
metrics.exportProcess({ component: "listener", version });
createListenerMetrics(metrics, {
  openConnections: () => ({ http1: 0, http2: 0 }),
  inFlight: () => [],
});
const log = createLog({ component: "listener", level: "error" });
new EdgeEvents(log, metrics).certificates([]);
exportConnection(metrics, "listener", {
  connected: false,
  roundTripMs: () => Promise.reject(new Error("there is no broker")),
  watch: () => {},
});
process.stdout.write(JSON.stringify(metrics.descriptions));
process.exit();
