// `penstock worker …`: worker processes, looked at and ended.

import { AdminClient } from "../admin-client.ts";
import { operate, type OperateOptions } from "../operate.ts";
import { print } from "../print.ts";
import { workerFacts, workerTable, type ShownWorker } from "../shown-state.ts";
import type { StatusOptions } from "./status.ts";

const DONE = {
  stop: (worker: string) => `worker ${worker} was asked to finish and go`,
  kill: (worker: string) => `worker ${worker} was ended`,
} as const;

/** All workers, or those of one pool. */
export async function ls(options: StatusOptions & { readonly pool?: string }): Promise<void> {
  const all = (await new AdminClient(options).get("workers")) as ShownWorker[];
  const workers = all.filter(({ pool }) => options.pool === undefined || pool === options.pool);
  print(options.output === "json" ? JSON.stringify(workers, undefined, 2) : workerTable(workers));
}

/** One worker. */
export async function show(id: string, options: StatusOptions): Promise<void> {
  const worker = (await new AdminClient(options).get(pathOf(id))) as ShownWorker;
  print(options.output === "json" ? JSON.stringify(worker, undefined, 2) : workerFacts(worker));
}

/** Has one finish and go, or ends it at once. */
export async function end(
  id: string,
  how: keyof typeof DONE,
  options: OperateOptions,
): Promise<void> {
  const path = `${pathOf(id)}/${how}`;
  await operate(new AdminClient(options), path, { done: DONE[how](id), options });
}

function pathOf(id: string): string {
  return `workers/${encodeURIComponent(id)}`;
}
