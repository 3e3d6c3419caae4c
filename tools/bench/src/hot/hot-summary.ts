// What the samples of the hot path come to: one row per target and number of connections, and how it
// compares with http-proxy. Pure.
//
//   value                     how rounds become one
//   -----------------------   ---------------------------------------------------------------------
//   requests/s, p50, p99      median over the rounds
//   their ratios              taken inside each round, then the median: the two loads of a round are
//                             seconds apart, those of different rounds are not comparable on a busy machine
//   CPU per request           all CPU time over all requests: clock ticks are coarse, sums are not
//   failed                    any answer that is no 2xx, any broken connection, in any round

import { median, total } from "../measuring/statistics.ts";
import type { TargetName } from "../targets/target.ts";
import type { HotSample } from "./hot-path.ts";

/** The target that the others are compared with. */
export const peer: TargetName = "http-proxy";

/** Quotients of this target's values and the peer's. */
export interface Ratios {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
}

/** A target at a number of connections. */
export interface HotRow {
  readonly connections: number;
  readonly target: TargetName;
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

/** Sums up. Rows are in the order in which the samples first name them. */
export function summarizeHotPath(samples: readonly HotSample[]): HotRow[] {
  const groups = new Map<string, HotSample[]>();
  for (const sample of samples) {
    const key = `${sample.connections} ${sample.target}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return Array.from(groups.values(), (group) => {
    const { connections = 0 } = group[0] ?? {};
    return row(group, groups.get(`${connections} ${peer}`) ?? []);
  }).sort((one, other) => one.connections - other.connections);
}

function row(samples: readonly HotSample[], peers: readonly HotSample[]): HotRow {
  const [{ connections, target } = { connections: 0, target: peer }] = samples;
  const loads = samples.map(({ load }) => load);
  const non2xx = total(loads.map((load) => load.non2xx));
  const broken = total(loads.map((load) => load.broken));
  const cpuByPart = cpuPerRequest(samples);
  const cpu = cpuTotal(cpuByPart);
  const ratio = (value: (sample: HotSample) => number): number =>
    median(peers.flatMap((other) => quotient(samples, other, value)));
  return {
    connections,
    target,
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

function requestsPerSecond({ load }: HotSample): number {
  return load.requests / load.seconds;
}

/** The quotient within the round of `other`; none when that round has no sample here. */
function quotient(
  samples: readonly HotSample[],
  other: HotSample,
  value: (sample: HotSample) => number,
): number[] {
  const own = samples.find(({ round }) => round === other.round);
  return own ? [value(own) / value(other)] : [];
}

/** Only parts that were measured in every round: others would look cheaper than they are. */
function cpuPerRequest(samples: readonly HotSample[]): Record<string, number> {
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
