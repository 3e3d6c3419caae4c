// Who runs a server on a store directory. Two servers on one store would destroy it, so the starter
// claims the directory with a record that names itself and, once it runs, the server:
//
//   no record                                        claim it
//   its starter still runs                           refuse: the store is in use
//   its starter is gone, its server runs             a leftover: end it, then claim
//   its starter is gone, its server is gone too      claim it
//
// A pid alone proves nothing after a restart: the starter is known by its start time, the server by the
// configuration file on its command line.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NatsServerStoreInUse } from "./errors.ts";
import { commandLineOf, startTimeOf } from "./process-identity.ts";
import type { ReportServer } from "./server-event.ts";

// A healthy server ends within 100 ms of SIGTERM; one that flushes large streams gets some seconds.
const politeLimitMs = 5_000;
const pollMs = 20;

interface ClaimRecord {
  readonly starter: { readonly pid: number; readonly startTime: string };
  readonly server?: { readonly pid: number };
}

/** A store directory held by this process. */
export interface StoreClaim {
  /** Notes the server's pid. Synchronous: no moment may pass in which the server runs unrecorded. */
  record(serverPid: number): void;
  /** Gives the directory back. */
  release(): void;
}

/**
 * Claims a store directory, ending a server that a former run left behind on it. Rejects with
 * {@link NatsServerStoreInUse} while the process that claimed it is alive.
 */
export async function claimStore(
  storeDirectory: string,
  configurationFile: string,
  report: ReportServer,
): Promise<StoreClaim> {
  const path = join(storeDirectory, "nats-server.pid.json");
  const mine: ClaimRecord = {
    starter: { pid: process.pid, startTime: (await startTimeOf(process.pid)) ?? "" },
  };
  while (!tryWrite(path, mine)) {
    await clearStale(path, { storeDirectory, configurationFile, report });
  }
  return {
    record: (serverPid) =>
      writeFileSync(path, JSON.stringify({ ...mine, server: { pid: serverPid } })),
    release: () => rmSync(path, { force: true }),
  };
}

interface Store {
  readonly storeDirectory: string;
  readonly configurationFile: string;
  readonly report: ReportServer;
}

async function clearStale(path: string, store: Store): Promise<void> {
  const record = readRecord(path);
  if (record) {
    const { starter, server } = record;
    if ((await startTimeOf(starter.pid)) === starter.startTime) {
      throw new NatsServerStoreInUse(store.storeDirectory, starter.pid);
    }
    if (server && (await runsWith(server.pid, store.configurationFile))) {
      await end(server.pid, store.configurationFile);
      store.report({ kind: "leftover", pid: server.pid });
    }
  }
  rmSync(path, { force: true });
}

async function runsWith(pid: number, configurationFile: string): Promise<boolean> {
  const commandLine = await commandLineOf(pid);
  return commandLine?.includes(configurationFile) ?? false;
}

async function end(pid: number, configurationFile: string): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waitedMs = 0; waitedMs < politeLimitMs; waitedMs += pollMs) {
      if (!(await runsWith(pid, configurationFile))) return;
      await sleep(pollMs);
    }
  }
}

function tryWrite(path: string, record: ClaimRecord): boolean {
  try {
    writeFileSync(path, JSON.stringify(record), { flag: "wx", mode: 0o600 });
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw thrown;
  }
}

// A record cut short by a crash counts as none.
function readRecord(path: string): ClaimRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as Partial<ClaimRecord>;
    return record.starter ? (record as ClaimRecord) : undefined;
  } catch {
    return undefined;
  }
}
