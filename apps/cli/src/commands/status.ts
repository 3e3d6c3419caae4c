// `penstock status`: one screen, from the admin API.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, ServiceError } from "@penstock/foundation";
import { exitCode } from "../exit-code.ts";
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
export interface StatusOptions {
  readonly state: string;
  readonly adminListen: string;
  readonly output: "table" | "json";
}

/** Prints pools and workers. */
export async function status(options: StatusOptions): Promise<void> {
  const report = await fetchStatus(options);
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

async function fetchStatus(options: StatusOptions): Promise<Status> {
  const url = `http://${options.adminListen}/api/v1/status`;
  const token = readToken(options.state);
  let answer: Response;
  try {
    answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  } catch (cause) {
    process.exitCode = exitCode.unreachable;
    throw new ServiceError(`no controller answers at ${options.adminListen}`, {
      code: "ADMIN_UNREACHABLE",
      remedy: "Start it with `penstock up`, or name its address with --admin-listen.",
      cause,
    });
  }
  if (answer.ok) return (await answer.json()) as Status;
  process.exitCode = exitCode.failed;
  throw new ServiceError(`the controller at ${options.adminListen} answered ${answer.status}`, {
    code: "ADMIN_REFUSED",
    remedy:
      answer.status === 401
        ? `The token in ${join(options.state, "admin-token")} is not this controller's: name its state folder with --state.`
        : "Look into its log.",
  });
}

function readToken(state: string): string {
  const file = join(state, "admin-token");
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    process.exitCode = exitCode.unreachable;
    throw new ServiceError(`the admin token cannot be read: ${describeError(cause)}`, {
      code: "ADMIN_TOKEN_NOT_READABLE",
      remedy:
        "Name the controller's state folder with --state. It makes the token at its first start.",
      cause,
    });
  }
}
