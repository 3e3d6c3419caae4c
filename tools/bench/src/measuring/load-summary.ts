// What the loads of one target come to, and how it compares with another one. Pure.
//
//   value                     how rounds become one
//   -----------------------   ---------------------------------------------------------------------
//   requests/s, p50, p99      median over the rounds
//   their ratios              taken inside each round, then the median: the two loads of a round are
//                             seconds apart, those of different rounds are not comparable on a busy machine
//   CPU per request           all CPU time over all requests: clock ticks are coarse, sums are not
//   failed                    any wrong answer, any broken connection, in any round

import type { LoadResult } from "../load/load-generator.ts";
import type { CpuByPart } from "./cpu-meter.ts";
import { median, total } from "@penstock/figures";

/** One load in one round. */
export interface LoadSample {
  readonly round: number;
  readonly load: LoadResult;
  readonly cpu: CpuByPart;
}

/** Quotients of a target's values and the peer's. */
export interface Ratios {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
}

/** The loads of a target, summed up. */
export interface LoadSummary {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The longest of all rounds. */
  readonly maxMs: number;
  readonly non2xx: number;
  readonly broken: number;
  readonly failed: boolean;
  /** Microseconds of processor time per request, by part. */
  readonly cpuByPart: Readonly<Record<string, number>>;
  /** The sum of the parts; NaN where it is not known. */
  readonly cpu: number;
  readonly againstPeer: Ratios;
}

/** Sums up the loads of one target. `peers` are those of the target that it is compared with. */
export function summarizeLoads(
  samples: readonly LoadSample[],
  peers: readonly LoadSample[],
): LoadSummary {
  const loads = samples.map(({ load }) => load);
  const non2xx = total(loads.map((load) => load.non2xx));
  const broken = total(loads.map((load) => load.broken));
  const cpuByPart = cpuPerRequest(samples);
  const cpu = cpuTotal(cpuByPart);
  const ratio = (value: (sample: LoadSample) => number): number =>
    median(peers.flatMap((other) => quotient(samples, other, value)));
  return {
    requestsPerSecond: median(samples.map(requestsPerSecond)),
    p50Ms: median(loads.map((load) => load.p50Ms)),
    p99Ms: median(loads.map((load) => load.p99Ms)),
    maxMs: Math.max(...loads.map((load) => load.maxMs)),
    non2xx,
    broken,
    failed: non2xx + broken > 0 || loads.some(({ requests }) => requests === 0),
    cpuByPart,
    cpu,
    againstPeer: {
      requestsPerSecond: ratio(requestsPerSecond),
      p50: ratio(({ load }) => load.p50Ms),
      p99: ratio(({ load }) => load.p99Ms),
      cpu: cpu / cpuTotal(cpuPerRequest(peers)),
    },
  };
}

function requestsPerSecond({ load }: LoadSample): number {
  return load.requests / load.seconds;
}

/** The quotient within the round of `other`; none when that round has no sample here. */
function quotient(
  samples: readonly LoadSample[],
  other: LoadSample,
  value: (sample: LoadSample) => number,
): number[] {
  const own = samples.find(({ round }) => round === other.round);
  return own ? [value(own) / value(other)] : [];
}

/** Only parts that were measured in every round: others would look cheaper than they are. */
function cpuPerRequest(samples: readonly LoadSample[]): Record<string, number> {
  const requests = total(samples.map(({ load }) => load.requests));
  const parts = Object.keys(samples[0]?.cpu ?? {});
  return Object.fromEntries(
    parts
      .map((part): [string, number] => [
        part,
        total(samples.map(({ cpu }) => cpu[part] ?? NaN)) / requests,
      ])
      .filter(([, microseconds]) => !Number.isNaN(microseconds)),
  );
}

function cpuTotal(cpuByPart: Readonly<Record<string, number>>): number {
  const parts = Object.values(cpuByPart);
  return parts.length === 0 ? NaN : total(parts);
}
