// What the requests around a change come to: one row for each change. Pure.
//
//   before   was to be sent in the seconds before the change
//   during   was to be sent from the change on, until some seconds after it was complete
//   failed   of both: anything but the answer 200, in full

import { median, percentile, total } from "@penstock/figures";
import type { TimedRequest } from "../load/open-load.ts";

/** When a change was made; epoch milliseconds. */
export interface MeasuredSpan {
  readonly change: string;
  readonly turn: number;
  readonly beginsAt: number;
  readonly changedAt: number;
  readonly completeAt: number;
  readonly endsAt: number;
}

/** One change and the requests around it. */
export interface ChangeSample {
  readonly change: string;
  readonly turn: number;
  /** From the change until it was complete. */
  readonly tookMs: number;
  readonly failed: number;
  /** Times of the requests, from when they were to be sent, milliseconds. */
  readonly beforeMs: readonly number[];
  readonly duringMs: readonly number[];
}

/** A change, all turns together. */
export interface ChangeRow {
  readonly change: string;
  readonly tookMs: number;
  readonly requests: number;
  readonly failed: number;
  readonly p50BeforeMs: number;
  readonly p50DuringMs: number;
  readonly p99BeforeMs: number;
  readonly p99DuringMs: number;
  readonly maxDuringMs: number;
}

/** Picks the requests that belong to a change. */
export function requestsIn(requests: readonly TimedRequest[], span: MeasuredSpan): ChangeSample {
  const { change, turn, beginsAt, changedAt, completeAt, endsAt } = span;
  const between = (from: number, until: number): TimedRequest[] =>
    requests.filter(([at]) => at >= from && at < until);
  return {
    change,
    turn,
    tookMs: completeAt - changedAt,
    failed: between(beginsAt, endsAt).filter(([, , failed]) => failed === 1).length,
    beforeMs: answered(between(beginsAt, changedAt)),
    duringMs: answered(between(changedAt, endsAt)),
  };
}

function answered(requests: readonly TimedRequest[]): number[] {
  return requests.filter(([, , failed]) => failed === 0).map(([, ms]) => ms);
}

/** Sums up. Rows are in the order in which the samples first name them. */
export function summarizeChanges(samples: readonly ChangeSample[]): ChangeRow[] {
  const groups = Map.groupBy(samples, ({ change }) => change);
  return Array.from(groups, ([change, group]) => {
    const before = group.flatMap(({ beforeMs }) => beforeMs);
    const during = group.flatMap(({ duringMs }) => duringMs);
    const failed = total(group.map((sample) => sample.failed));
    return {
      change,
      tookMs: median(group.map(({ tookMs }) => tookMs)),
      requests: before.length + during.length + failed,
      failed,
      p50BeforeMs: median(before),
      p50DuringMs: median(during),
      p99BeforeMs: percentile(before, 0.99),
      p99DuringMs: percentile(during, 0.99),
      maxDuringMs: percentile(during, 1),
    };
  });
}
