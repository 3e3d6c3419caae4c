// The plan of a start among workers that run, for people.

import type { PlannedStep, TakeoverPlan, Would } from "./takeover-plan.ts";

const WOULD: Readonly<Record<Would, string>> = {
  adopt: "be adopted",
  startWorker: "be started",
  drainWorker: "be asked to finish and go",
  killWorker: "be killed",
  orphanWorker: "be left for a debugger",
  suspendWorker: "be frozen",
  resumeWorker: "be woken",
  takePoolOffline: "go offline",
  bringPoolOnline: "come online",
};

/** A table of workers, what else would be done, and who leads. */
export function takeoverPlanText(plan: TakeoverPlan): string {
  const { generation, leader, steps, short, removed } = plan;
  const rows = steps.map((step) => [
    step.pool,
    step.worker ?? "-",
    step.found ?? "-",
    WOULD[step.would],
    step.reason,
  ]);
  return [
    ...(rows.length > 0 ? [columns([["POOL", "WORKER", "FOUND", "WOULD", "WHY"], ...rows])] : []),
    ...Object.entries(short).map(([pool, why]) => `pool ${pool} would wait for a worker: ${why}`),
    ...removed.map((pool) => `the queue of pool ${pool} would be removed: it is not configured`),
    `${counts(steps)} by configuration ${generation}. Nothing was changed.`,
    leader === undefined
      ? "No controller leads now."
      : `The controller at ${leader} leads now: one that is started would wait until it does not.`,
  ].join("\n");
}

function counts(steps: readonly PlannedStep[]): string {
  const found = steps.filter(({ worker }) => worker !== undefined).length;
  const starts = steps.filter(({ would }) => would === "startWorker").length;
  const ends = steps.filter(
    ({ would }) => would === "drainWorker" || would === "killWorker",
  ).length;
  const workers = found === 1 ? "1 worker runs" : `${found} workers run`;
  return `${workers}, ${starts} would be started, ${ends} would go,`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
