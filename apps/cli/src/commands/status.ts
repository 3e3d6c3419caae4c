// `penstock status`: one screen, from the admin API.

import { askAdmin, type AdminOptions } from "../admin-api.ts";
import { columns, print } from "../print.ts";

/** The part of the API's answer that is shown. */
interface Status {
  readonly version: string;
  readonly pools: readonly {
    readonly name: string;
    readonly state: string;
    readonly workers: { readonly ready: number; readonly starting: number; readonly max: number };
    readonly slots: { readonly busy: number; readonly total: number };
    readonly queue: { readonly waiting: number; readonly limit: number; readonly oldestMs: number };
  }[];
  readonly workers: readonly {
    readonly id: string;
    readonly state: string;
    readonly pid?: number;
    readonly running: number;
    readonly taken: number;
    readonly startedAt: string;
  }[];
}

/** What the command was told. */
export interface StatusOptions extends AdminOptions {
  readonly output: "table" | "json";
}

/** Prints pools and workers. */
export async function status(options: StatusOptions): Promise<void> {
  const report = await askAdmin<Status>(options, { path: "status" });
  if (options.output === "json") {
    print(JSON.stringify(report, undefined, 2));
    return;
  }
  print(
    columns([
      ["POOL", "STATE", "WORKERS", "BUSY", "QUEUE", "OLDEST"],
      ...report.pools.map(({ name, state, workers, slots, queue }) => [
        name,
        state,
        `${workers.ready}/${workers.max}${workers.starting > 0 ? ` (+${workers.starting})` : ""}`,
        `${slots.busy}/${slots.total}`,
        `${queue.waiting}/${queue.limit}`,
        queue.waiting > 0 ? `${(queue.oldestMs / 1000).toFixed(1)} s` : "-",
      ]),
    ]),
  );
  if (report.workers.length === 0) return;
  print("");
  print(
    columns([
      ["WORKER", "STATE", "PID", "RUNNING", "TAKEN", "STARTED"],
      ...report.workers.map(({ id, state, pid, running, taken, startedAt }) => [
        id,
        state,
        String(pid ?? "-"),
        String(running),
        String(taken),
        startedAt,
      ]),
    ]),
  );
}
