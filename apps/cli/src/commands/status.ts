// `penstock status`: one screen, from the controller's admin API.

import { AdminClient, type AdminOptions } from "../admin-client.ts";
import { print } from "../print.ts";
import {
  configurationFacts,
  poolTable,
  shortPools,
  workerTable,
  type ShownConfiguration,
  type ShownPool,
  type ShownWorker,
} from "../shown-state.ts";

/** What the command was told. */
export interface StatusOptions extends AdminOptions {
  readonly output: "table" | "json";
}

interface Status {
  readonly configuration: ShownConfiguration;
  readonly pools: readonly ShownPool[];
  readonly workers: readonly ShownWorker[];
}

/** Prints pools and workers. */
export async function status(options: StatusOptions): Promise<void> {
  const report = (await new AdminClient(options).get("status")) as Status;
  if (options.output === "json") {
    print(JSON.stringify(report, undefined, 2));
    return;
  }
  print(poolTable(report.pools));
  if (report.workers.length > 0) print(`\n${workerTable(report.workers)}`);
  const short = shortPools(report.pools);
  if (short.length > 0) print(`\n${short.join("\n")}`);
  print(`\n${configurationFacts(report.configuration)}`);
}
