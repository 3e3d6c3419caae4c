// What the listener says about those whom it cut off: its metrics, by HTTPERR reason.

import { firstAnswer } from "../processes/first-answer.ts";

/** How long the metrics may take, milliseconds. */
const LIMIT_MS = 10_000;

/** Numbers by reason. */
export type ByReason = Readonly<Record<string, number>>;

/** Reads the time limits that passed, and the requests that were refused, since the listener started. */
export async function readRefusals(operationsPort: number): Promise<ByReason> {
  const { body } = await firstAnswer({ port: operationsPort, path: "/metrics" }, LIMIT_MS);
  return parseRefusals(body);
}

/** Adds up both metrics over all pools: a time limit that refused a request is in both, and counts once. */
export function parseRefusals(text: string): ByReason {
  const sums = { timeouts: new Map<string, number>(), rejections: new Map<string, number>() };
  const line = /^penstock_http_(timeouts|rejections)_total\{(.*)\} (\d+)$/gm;
  for (const [, metric = "", labels = "", value = ""] of text.matchAll(line)) {
    const reason = /\breason="([^"]*)"/.exec(labels)?.[1] ?? "";
    const sum = sums[metric as keyof typeof sums];
    if (Number(value) > 0) sum.set(reason, (sum.get(reason) ?? 0) + Number(value));
  }
  return { ...Object.fromEntries(sums.rejections), ...Object.fromEntries(sums.timeouts) };
}

/** What was added between two readings. */
export function added(before: ByReason, after: ByReason): ByReason {
  const differences = Object.entries(after).map(
    ([reason, count]) => [reason, count - (before[reason] ?? 0)] as const,
  );
  return Object.fromEntries(differences.filter(([, count]) => count > 0));
}
