// For tests: an admin server over operations that only note what they were asked.

import { Metrics } from "@penstock/process/metrics";
import { KnownHosts } from "./admin-guard.ts";
import { createAdminServer, type AdminServerParts } from "./admin-server.ts";
import { AdminTokens } from "./admin-token.ts";
import type { ReloadOutcome } from "./configuration/reload-outcome.ts";
import type { CommandOutcome } from "./pool-operations.ts";
import type { StatusReport } from "./status-report.ts";

export const SHOP = {
  name: "shop",
  state: "started",
  generation: "g1",
  urls: [],
  workers: { ready: 1, starting: 0, suspended: 0, orphaned: 0, max: 4 },
  slots: { busy: 0, total: 16 },
  queue: { waiting: 0, limit: 1000, oldestMs: 0 },
};
export const WORKER = {
  id: "shop-1",
  pool: "shop",
  generation: "g1",
  state: "ready",
  running: 0,
  taken: 0,
  startedAt: "2026-11-23T10:00:00.000Z",
};
const CONFIGURATION = {
  file: "penstock.yaml",
  generation: "c1",
  appliedAt: "2026-11-23T10:00:00.000Z",
};
export const REPORT: StatusReport = {
  version: "1",
  configuration: CONFIGURATION,
  pools: [SHOP],
  workers: [WORKER],
};

const EDGE = {
  version: 1,
  kind: "listener",
  name: "edge",
  userKey: "U1",
  signer: "A1",
  issuedAt: 1000,
  revokedAt: 2000,
} as const;

export const tokens = {
  read: "reads-and-no-more",
  operate: "operates-as-well",
  admin: "does-everything-1",
};
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const ELSEWHERE = "10.0.0.9";

/** A server, and what was asked of it. */
export function given(changes: Partial<AdminServerParts> = {}) {
  const done: string[] = [];
  const parts: AdminServerParts = {
    tokens: new AdminTokens(tokens),
    hosts: new KnownHosts("127.0.0.1"),
    metrics: new Metrics(),
    unready: () => undefined,
    status: () => REPORT,
    operations: {
      command: (pool, command) => {
        done.push(`${command} ${pool}`);
        return Promise.resolve(outcomes[pool] ?? { kind: "unknown" });
      },
      scale: (pool, workers, forMs) => {
        done.push(`scale ${pool} ${workers}${forMs === undefined ? "" : ` for ${forMs} ms`}`);
        const outcome = outcomes[pool] ?? { kind: "unknown" };
        return Promise.resolve(outcome.kind === "obeyed" ? { ...outcome, leaving: [] } : outcome);
      },
      endWorker: (worker, how) => {
        done.push(`${how} ${worker}`);
        return Promise.resolve(worker === "shop-1");
      },
    },
    versions: {
      decide: (pool, command) => {
        done.push(`${command} ${pool}`);
        const outcome = outcomes[pool] ?? { kind: "unknown" };
        return Promise.resolve(
          outcome.kind === "obeyed" ? { ...outcome, notice: "the file says otherwise" } : outcome,
        );
      },
    },
    journal: {
      next: (query, withinMs) => {
        done.push(`events ${JSON.stringify(query)} within ${withinMs}`);
        return Promise.resolve([EVENT]);
      },
    },
    credentials: {
      list: () => [],
      revoke: () => Promise.resolve(EDGE),
      rotate: () => Promise.resolve({ shared: true, pools: [] }),
    },
    configuration: {
      standing: CONFIGURATION,
      reload: ({ given: sent, dryRun, cause }) => {
        done.push(`reload ${cause} ${sent?.shownAs} ${sent?.text} ${dryRun}`);
        return Promise.resolve(RELOADS[sent?.text ?? ""] ?? APPLIED);
      },
    },
    operated: (what, subject, by, how = "") => done.push(`${what} ${subject} by ${by}${how}`),
    refused: (why) => done.push(`refused: ${why}`),
    failed: (what, cause) => done.push(`failed: ${what}: ${String(cause)}`),
    ...changes,
  };
  return { parts, done, server: createAdminServer(parts) };
}

export const EVENT = {
  id: 7,
  at: "2026-11-23T10:00:00.000Z",
  severity: "error",
  was: 5002,
  kind: "pool.offline",
  pool: "shop",
  message: "pool shop: too many failures",
} as const;
export const APPLIED: ReloadOutcome = {
  kind: "applied",
  generation: "c2",
  changes: ["pool shop: queueLength 10 -> 20"],
  warnings: [],
};
const RELOADS: Readonly<Record<string, ReloadOutcome>> = {
  bad: { kind: "invalid", faults: ["new.yaml:1:1  error  it is bad", "new.yaml:2:1  error  very"] },
  later: { kind: "refused", code: "RELOAD_NOT_NOW", message: "it is away", remedy: "Wait." },
  fixed: { kind: "refused", code: "X", message: "it cannot be replaced", remedy: "Replace it." },
};

const outcomes: Readonly<Record<string, CommandOutcome>> = {
  shop: { kind: "obeyed", leaving: ["shop-1"] },
  off: { kind: "refused", why: "it is stopped", remedy: "penstock pool start off" },
};
