// `penstock controller --dry-run`: what a controller that starts now would adopt, start and end, and why. It may run
// beside a controller that leads.

import { findSharedSigners } from "@penstock/nats-accounts";
import { ServiceError } from "@penstock/foundation";
import { connectAs } from "../connect-as.ts";
import { ConfigurationFile } from "../configuration/configuration-file.ts";
import type { ControllerSettings } from "../settings.ts";
import { runtimeWarnings } from "../start-runtime.ts";
import { findWorld } from "./find-world.ts";
import { takeoverPlan } from "./takeover-plan.ts";
import { takeoverPlanText } from "./takeover-plan-text.ts";

/** Milliseconds since the Unix epoch, on the monotonic clock: no jumps. */
const now = (): number => performance.timeOrigin + performance.now();

const failed = (what: string, cause: unknown): void =>
  void process.stderr.write(`${what} failed: ${String(cause)}\n`);

/** Looks, decides and returns what is to be printed. Throws what would end a start. */
export async function dryRun(settings: ControllerSettings): Promise<string> {
  const file = new ConfigurationFile(settings.config);
  const { configuration } = await file.load();
  runtimeWarnings(settings.runtime, configuration.pools);
  const trust = findSharedSigners(settings.state, process.env);
  if (!trust)
    throw new ServiceError(`no controller was ever started in ${settings.state}`, {
      code: "STATE_EMPTY",
      remedy: "Name its folder with --state, or ask penstock up --dry-run what a first start does.",
    });
  await using link = await connectAs("controller", { trust, natsUrl: settings.natsUrl, failed });
  const plan = takeoverPlan(await findWorld({ settings, file, link, now }), now());
  return settings.output === "json" ? JSON.stringify(plan, undefined, 2) : takeoverPlanText(plan);
}
