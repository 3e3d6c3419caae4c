// The listener's process: settings, log and metrics first, then the listener itself.

import { createLog, runProcess } from "@penstock/process";
import { Metrics } from "@penstock/process/metrics";
import { startListener } from "./listener.ts";
import { readListenerSettings } from "./settings.ts";
import { version } from "./version.ts";

/** Runs a listener to its end. */
export function runListener(): Promise<never> {
  return runProcess(
    "listener",
    async (stack, _signal, control) => {
      const settings = readListenerSettings();
      const metrics = new Metrics();
      const log = createLog({
        component: "listener",
        level: settings.logLevel,
        counted: metrics.countLogEvents(),
      });
      metrics.exportProcess({ component: "listener", version });
      control.logTo(log);
      control.stopWithin(settings.shutdownLimitMs);
      const { failedPorts } = await startListener(stack, {
        settings,
        log,
        metrics,
        cut: control.cut,
      });
      process.send?.({ kind: "ready", failedPorts });
    },
    { lifeline: process.send !== undefined },
  );
}
