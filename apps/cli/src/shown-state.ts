// Pools and workers as the admin API tells them, and the tables that commands show of them.

import { columns } from "./print.ts";

/** One pool. */
export interface ShownPool {
  readonly name: string;
  readonly state: string;
  readonly generation: string;
  readonly urls: readonly string[];
  readonly workers: {
    readonly ready: number;
    readonly starting: number;
    readonly suspended: number;
    readonly orphaned: number;
    readonly max: number;
    readonly held?: number;
    readonly heldUntil?: string;
  };
  readonly slots: { readonly busy: number; readonly total: number };
  readonly queue: { readonly waiting: number; readonly limit: number; readonly oldestMs: number };
  readonly version?: {
    readonly of: string;
    readonly runs: string;
    readonly share: number;
    readonly sticky?: string;
  };
  readonly ruling?: { readonly verdict: string; readonly notice: string };
  readonly lastFailure?: string;
  readonly short?: { readonly since: string; readonly reason: string };
  readonly offline?: { readonly since: string; readonly reason: string; readonly detail: string };
}

/** One worker. */
export interface ShownWorker {
  readonly id: string;
  readonly pool: string;
  readonly generation: string;
  readonly state: string;
  readonly pid?: number;
  readonly running: number;
  readonly taken: number;
  readonly startedAt: string;
  readonly orphan?: { readonly since: string; readonly reason: string };
}

/** The configuration in force. */
export interface ShownConfiguration {
  readonly file: string;
  readonly generation: string;
  readonly appliedAt: string;
  readonly refused?: {
    readonly at: string;
    readonly cause: string;
    readonly faults: readonly string[];
  };
}

/** Pools, one a line; with their shares where one has two versions. */
export function poolTable(pools: readonly ShownPool[]): string {
  const shares = pools.some(({ version }) => version !== undefined);
  return columns([
    ["POOL", "STATE", ...(shares ? ["SHARE"] : []), "WORKERS", "BUSY", "QUEUE", "OLDEST"],
    ...pools.map((pool) => [
      pool.name,
      pool.state,
      ...(shares ? [shareOf(pool)] : []),
      workersOf(pool),
      `${pool.slots.busy}/${pool.slots.total}`,
      `${pool.queue.waiting}/${pool.queue.limit}`,
      oldestOf(pool),
    ]),
  ]);
}

/** Pools that wait for room on their host, a line each. */
export function shortPools(pools: readonly ShownPool[]): readonly string[] {
  return pools.flatMap(({ name, short }) =>
    short ? [`pool ${name} waits for a worker since ${short.since}: ${short.reason}`] : [],
  );
}

/** Workers, one a line. */
export function workerTable(workers: readonly ShownWorker[]): string {
  return columns([
    ["WORKER", "STATE", "PID", "RUNNING", "TAKEN", "STARTED"],
    ...workers.map(({ id, state, pid, running, taken, startedAt }) => [
      id,
      state,
      String(pid ?? "-"),
      String(running),
      String(taken),
      startedAt,
    ]),
  ]);
}

/** All that is known of one pool. */
export function poolFacts(pool: ShownPool): string {
  const { offline, lastFailure } = pool;
  return columns([
    ["pool", pool.name],
    ["state", pool.state],
    ...(offline
      ? [
          ["offline", `since ${offline.since}: ${offline.reason}`],
          ...lines("output", offline.detail),
          ["remedy", `penstock pool start ${pool.name}`],
        ]
      : lines("last failure", lastFailure ?? "")),
    ["workers", workersOf(pool)],
    ...(pool.workers.held === undefined ? [] : [["held", heldText(pool)]]),
    ...(pool.short ? [["waits", `since ${pool.short.since}: ${pool.short.reason}`]] : []),
    ["busy", `${pool.slots.busy}/${pool.slots.total}`],
    ["queue", `${pool.queue.waiting}/${pool.queue.limit}, oldest ${oldestOf(pool)}`],
    ["generation", pool.generation],
    ...versionFacts(pool),
    ...pool.urls.map((url, i) => [i === 0 ? "urls" : "", url]),
  ]);
}

/** All that is known of one worker. */
export function workerFacts(worker: ShownWorker): string {
  return columns([
    ["worker", worker.id],
    ["pool", worker.pool],
    ["state", worker.state],
    ["pid", String(worker.pid ?? "-")],
    ["running", String(worker.running)],
    ["taken", String(worker.taken)],
    ["generation", worker.generation],
    ["started", worker.startedAt],
    ...orphanFacts(worker),
  ]);
}

function heldText({ name, workers: { held, heldUntil } }: ShownPool): string {
  const ends = heldUntil === undefined ? "" : `${heldUntil}, or `;
  return `at least ${held}, until ${ends}penstock pool scale ${name} auto`;
}

/** Out of service for good: since when, why, and how it ends. */
function orphanFacts({ id, orphan }: ShownWorker): string[][] {
  if (!orphan) return [];
  return [
    ["orphaned", `since ${orphan.since}: ${orphan.reason}`],
    ["remedy", `penstock worker kill ${id}, once it was looked at`],
  ];
}

/** What is in force, and since when; why the file as it is now is not. */
export function configurationFacts(configuration: ShownConfiguration): string {
  const { file, generation, appliedAt, refused } = configuration;
  const inForce = `configuration ${generation} of ${file}, in force since ${appliedAt}`;
  if (!refused) return inForce;
  const faults = refused.faults.map((fault) => `  ${fault}`);
  return [inForce, `what was read at ${refused.at} was refused:`, ...faults].join("\n");
}

function versionFacts({ version, ruling }: ShownPool): string[][] {
  return [
    ...(version ? [["version", `${version.runs} of pool ${version.of}`]] : []),
    ...(version ? [["share", `${version.share} % of its requests${stays(version.sticky)}`]] : []),
    ...(ruling ? [["decided", ruling.notice]] : []),
  ];
}

function stays(sticky: string | undefined): string {
  return sticky === undefined ? "" : `; who came stays, by ${sticky}`;
}

function shareOf({ version }: ShownPool): string {
  return version ? `${version.share} %` : "-";
}

function workersOf({ workers }: ShownPool): string {
  const { ready, starting, suspended, orphaned, max } = workers;
  const others = [
    ...(starting > 0 ? [`+${starting}`] : []),
    ...(suspended > 0 ? [`${suspended} suspended`] : []),
    ...(orphaned > 0 ? [`${orphaned} orphaned`] : []),
  ];
  return `${ready}/${max}${others.length > 0 ? ` (${others.join(", ")})` : ""}`;
}

function oldestOf({ queue }: ShownPool): string {
  return queue.waiting > 0 ? `${(queue.oldestMs / 1000).toFixed(1)} s` : "-";
}

function lines(name: string, text: string): string[][] {
  if (text === "") return [];
  return text.split("\n").map((line, i) => [i === 0 ? name : "", line]);
}
