// The controller's process: settings, log and metrics first, then the controller itself.

import { createLog, runProcess } from "@penstock/process";
import { Metrics } from "@penstock/process/metrics";
import { dryRun } from "./dry-run/dry-run.ts";
import { readControllerSettings } from "./settings.ts";
import { startController } from "./start-controller.ts";
import { version } from "./version.ts";

/** Runs a controller to its end. */
export function runController(): Promise<never> {
  return runProcess(
    "controller",
    async (stack, signal, control) => {
      const settings = readControllerSettings();
      if (settings.dryRun) {
        process.stdout.write(`${await dryRun(settings)}\n`);
        return control.stop("dry run");
      }
      const metrics = new Metrics();
      const log = createLog({
        component: "controller",
        level: settings.logLevel,
        counted: metrics.countLogEvents(),
      });
      metrics.exportProcess({ component: "controller", version });
      control.logTo(log);
      control.stopWithin(settings.stopLimitMs);
      await startController(stack, {
        settings,
        log,
        metrics,
        cut: control.cut,
        signal,
        fail: (failure) => control.fail(failure),
      });
      process.send?.({ kind: "ready" });
    },
    { lifeline: process.send !== undefined },
  );
}
