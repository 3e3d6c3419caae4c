// What the samples of the cold start come to: one row per application and way. Pure. Differences are taken
// inside each turn and their median is shown: the starts of one turn are a second apart. The first turn,
// with empty compile caches, stands for itself.

import type { ApplicationName } from "../applications/application.ts";
import { median, percentile } from "@penstock/figures";
import type { ColdSample, ColdWay } from "./cold-start.ts";

/** A way to start an application, in milliseconds to its first answer. */
export interface ColdRow {
  readonly application: ApplicationName;
  readonly way: ColdWay;
  readonly starts: number;
  /** With empty compile caches. */
  readonly firstMs: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** How much longer Penstock takes; NaN for Penstock itself. */
  readonly penstockMoreMs: number;
}

/** Sums up. Rows are in the order in which the samples first name them. */
export function summarizeColdStart(samples: readonly ColdSample[]): ColdRow[] {
  const keys = new Map(samples.map((sample) => [`${sample.application} ${sample.way}`, sample]));
  return Array.from(keys.values(), ({ application, way }) => {
    const own = samples.filter((one) => one.application === application && one.way === way);
    const penstock = samples.filter(
      (one) => one.application === application && one.way === "penstock",
    );
    const times = measured(own).map(({ milliseconds }) => milliseconds);
    return {
      application,
      way,
      starts: times.length,
      firstMs: own.find(({ turn }) => turn < 0)?.milliseconds ?? NaN,
      medianMs: median(times),
      p90Ms: percentile(times, 0.9),
      minMs: percentile(times, 0),
      maxMs: percentile(times, 1),
      penstockMoreMs: way === "penstock" ? NaN : median(differences(penstock, own)),
    };
  });
}

function differences(penstock: readonly ColdSample[], other: readonly ColdSample[]): number[] {
  return measured(penstock).flatMap(({ turn, milliseconds }) => {
    const counterpart = other.find((one) => one.turn === turn);
    return counterpart ? [milliseconds - counterpart.milliseconds] : [];
  });
}

function measured(samples: readonly ColdSample[]): ColdSample[] {
  return samples.filter(({ turn }) => turn >= 0);
}
