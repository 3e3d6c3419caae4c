// What idle streams cost, by target and part of it. Pure.

import type { TargetName } from "../targets/target.ts";
import type { IdleSample } from "./idle-streams.ts";

/** A part of a target. */
export interface IdlePart {
  readonly part: string;
  readonly rssBefore: number;
  readonly rss: number;
  readonly pss: number;
  /** Above what it was before, for each open stream; bytes. */
  readonly rssPerStream: number;
  /** Microseconds per second. */
  readonly idleCpu: number;
}

/** A target with its streams. */
export interface IdleRow {
  readonly target: TargetName;
  readonly asked: number;
  readonly open: number;
  readonly reached: number;
  readonly openingMs: number;
  readonly reachingMs: number;
  readonly parts: readonly IdlePart[];
  /** All parts together, bytes. */
  readonly rssPerStream: number;
  /** A stream did not open, ended, or did not get the last event. */
  readonly failed: boolean;
}

/** Sums up. */
export function summarizeIdleStreams(samples: readonly IdleSample[]): IdleRow[] {
  return samples.map((sample) => {
    const { target, asked, open, reached, broken, openingMs, reachingMs } = sample;
    const parts = Object.entries(sample.held).map(([part, held]): IdlePart => {
      const rssBefore = sample.before[part]?.rss ?? NaN;
      return {
        part,
        rssBefore,
        rss: held.rss,
        pss: held.pss,
        rssPerStream: (held.rss - rssBefore) / open,
        idleCpu: sample.idleCpu[part] ?? NaN,
      };
    });
    return {
      target,
      asked,
      open,
      reached,
      openingMs,
      reachingMs,
      parts,
      rssPerStream: parts.reduce((sum, { rssPerStream }) => sum + rssPerStream, 0),
      failed: open < asked || reached < asked || broken > 0,
    };
  });
}
