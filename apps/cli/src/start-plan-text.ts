// The plan of a start, for people.

import { applicationText } from "./application-text.ts";
import { columns } from "./print.ts";
import type { PlannedPool, StartPlan } from "./start-plan.ts";

/** A table of pools, a table of URLs, and what was not looked at. */
export function startPlanText({ generation, ports, pools }: StartPlan): string {
  const poolRows = pools.map((pool) => [
    pool.name,
    applicationText(pool.application),
    String(pool.queueLength),
    atOnce(pool),
  ]);
  const urlRows = pools.flatMap(({ name, urls }) => urls.map((url) => [url, name]));
  const many = ports.length === 1 ? "port" : "ports";
  return [
    columns([["POOL", "RUNS", "QUEUE", "WORKERS AT ONCE"], ...poolRows]),
    "",
    columns([["URL", "POOL"], ...urlRows]),
    "",
    `configuration ${generation} on ${many} ${ports.join(", ")}. Nothing was started; workers that run already, and`,
    "what operators decided before, were not looked at.",
  ].join("\n");
}

function atOnce({ enabled, starts, maxProcesses, short }: PlannedPool): string {
  if (!enabled) return "none: autoStart is false, it refuses until it is started";
  const [reason = "none until its first request"] = starts;
  const count = `${starts.length} of ${maxProcesses}: ${reason}`;
  return short === undefined ? count : `${count}; ${short}`;
}
