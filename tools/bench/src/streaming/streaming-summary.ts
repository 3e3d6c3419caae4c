// What the transfers of a target come to, and how it compares with each peer. Pure. Rates are medians over the
// rounds; ratios are taken inside each round, then the median; processor time is all of it over all bytes.

import { median, total } from "@penstock/figures";
import type { TargetName } from "../targets/target.ts";
import type { StreamingSample } from "./streaming.ts";
import type { Direction } from "./transfer.ts";

const MB = 1e6;
const GB = 1e9;

/** A target, one way, over so many connections. */
export interface StreamingRow {
  readonly direction: Direction;
  readonly connections: number;
  readonly target: TargetName;
  readonly megabytesPerSecond: number;
  /** Seconds of processor time for a GB, by part, and all parts together. */
  readonly cpuByPart: Readonly<Record<string, number>>;
  readonly cpu: number;
  /** Its rate against the peer's. */
  readonly againstProxy: number;
  readonly againstNginx: number;
  readonly failed: boolean;
}

/** Sums up. Rows are in the order in which the samples first name them. */
export function summarizeStreaming(samples: readonly StreamingSample[]): StreamingRow[] {
  const groups = Map.groupBy(samples, ({ direction, connections, target }) =>
    key(direction, connections, target),
  );
  return Array.from(groups.values(), (group): StreamingRow => {
    const [first] = group as [StreamingSample];
    const { direction, connections, target } = first;
    const against = (peer: TargetName): number =>
      ratio(group, groups.get(key(direction, connections, peer)) ?? []);
    const cpuByPart = cpuPerGigabyte(group);
    return {
      direction,
      connections,
      target,
      megabytesPerSecond: median(group.map(rate)) / MB,
      cpuByPart,
      cpu: total(Object.values(cpuByPart)),
      againstProxy: against("http-proxy"),
      againstNginx: against("nginx"),
      failed: group.some(({ transfer }) => transfer.failed > 0 || transfer.bytes === 0),
    };
  });
}

const key = (direction: Direction, connections: number, target: TargetName): string =>
  `${direction} ${connections} ${target}`;

const rate = ({ transfer }: StreamingSample): number => transfer.bytes / transfer.seconds;

function ratio(samples: readonly StreamingSample[], peers: readonly StreamingSample[]): number {
  const quotients = samples.flatMap((sample) => {
    const peer = peers.find(({ round }) => round === sample.round);
    return peer ? [rate(sample) / rate(peer)] : [];
  });
  return median(quotients);
}

/** Only parts that were measured in every round: others would look cheaper than they are. */
function cpuPerGigabyte(samples: readonly StreamingSample[]): Record<string, number> {
  const bytes = total(samples.map(({ transfer }) => transfer.bytes));
  const parts = Object.keys(samples[0]?.cpu ?? {}).map((part) => {
    const microseconds = total(samples.map(({ cpu }) => cpu[part] ?? NaN));
    return [part, microseconds / 1e6 / (bytes / GB)] as const;
  });
  return Object.fromEntries(parts.filter(([, seconds]) => !Number.isNaN(seconds)));
}
