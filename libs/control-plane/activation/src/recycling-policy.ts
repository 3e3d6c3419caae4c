// Which workers are due for replacement although nothing is wrong with them (IIS periodicRestart). Each limit
// is a worker's own; 0, or an empty schedule, is none.
//
//   limit      a worker is due when                                          cause
//   --------   -----------------------------------------------------------   --------
//   schedule   it was started before the last moment of the schedule         schedule
//   time       it has run for `time`, less its share                         time
//   requests   it took `requests`, less its share                            requests
//   memory     it holds more than `memory`, and has run for 10 s             memory
//
// A worker's share is up to a tenth, by its name: workers that started together, and share the load, are not due
// together, and none later than it was said. Who starts, resumes or leaves is not due.
//
// Due workers take turns, the oldest first: a quarter of those that are ready, at least one, less those that were
// asked to go for this and are not gone. While workers of another generation serve, none has its turn: that
// rotation comes first. Whose turn it is counts as old (rotation-policy.ts): its replacement is ready, and warm,
// before it goes, unless overlap is disallowed. Who sleeps serves nobody and is missed by nobody: once it is due,
// it is let go at once, as one of another generation is.

import type { RecycleCause, Recycling } from "@penstock/domain";
import type { ScheduledMoments } from "./daily-schedule.ts";
import { earliest } from "./earliest.ts";
import { serves, sleeps, type ObservedWorker } from "./observed-pool.ts";

/** A worker that is to be replaced, and why. */
export interface DueWorker {
  readonly worker: ObservedWorker;
  readonly cause: RecycleCause;
  readonly reason: string;
}

/** What recycling asks for. */
export interface RecyclingVerdict {
  /** Those whose turn it is. */
  readonly turn: readonly DueWorker[];
  /** Those who sleep and are due. */
  readonly asleep: readonly DueWorker[];
  /** When the next one is due by time alone. */
  readonly dueAt: number | undefined;
}

/** The limits of a pool's workers. */
export interface RecyclingLimits {
  readonly periodicRestart: Recycling["periodicRestart"];
  /** Of `periodicRestart.schedule`; undefined without one. */
  readonly scheduled: ScheduledMoments | undefined;
}

/** A worker that is too large from its start on would else be replaced as fast as it starts. */
const memoryAfterMs = 10_000;

const largestShare = 1 / 10;

/** Decides who is replaced now. `isCurrent`: of the pool's generation. */
export function recyclingPolicy(
  workers: readonly ObservedWorker[],
  limits: RecyclingLimits,
  isCurrent: (worker: ObservedWorker) => boolean,
  now: number,
): RecyclingVerdict {
  const due: DueWorker[] = [];
  const asleep: DueWorker[] = [];
  let dueAt: number | undefined = limits.scheduled?.next;
  let ready = 0;
  for (const worker of workers) {
    const isReady = worker.phase === "ready";
    if (!(isReady || sleeps(worker)) || !isCurrent(worker)) continue;
    if (isReady) ready++;
    const found = dueWorker(worker, limits, now);
    if (found) (isReady ? due : asleep).push(found);
    else dueAt = earliest(dueAt, timeLimitOf(worker, limits), memoryCountsAt(worker, limits, now));
  }
  const rotates = workers.some((worker) => serves(worker) && !isCurrent(worker));
  if (due.length === 0 || rotates) return { turn: [], asleep, dueAt };
  const leaving = workers.filter(({ recycled }) => recycled).length;
  const seats = Math.max(1, Math.floor(ready / 4)) - leaving;
  const turn = due.toSorted(byAge).slice(0, Math.max(0, seats));
  return { turn, asleep, dueAt };
}

/** True for the causes that are a worker's own, and not its generation's. */
export function isPeriodic(cause: RecycleCause | undefined): boolean {
  return cause !== undefined && cause !== "config_change" && cause !== "on_demand";
}

/** Whether a worker is due, and why. */
export function dueWorker(
  worker: ObservedWorker,
  { periodicRestart, scheduled }: RecyclingLimits,
  now: number,
): DueWorker | undefined {
  const { id, startedAt, taken = 0, memoryBytes = 0 } = worker;
  const { timeMs, requests, memoryBytes: memoryMax } = periodicRestart;
  const share = 1 - shareOf(id);
  if (scheduled && startedAt < scheduled.last)
    return { worker, cause: "schedule", reason: `${id} is due: a scheduled time came` };
  if (timeMs > 0 && now >= startedAt + timeMs * share)
    return {
      worker,
      cause: "time",
      reason: `${id} is due: it ran for ${seconds(now - startedAt)}`,
    };
  if (requests > 0 && taken >= Math.ceil(requests * share))
    return { worker, cause: "requests", reason: `${id} is due: it took ${taken} requests` };
  if (memoryMax > 0 && memoryBytes > memoryMax && now >= startedAt + memoryAfterMs)
    return { worker, cause: "memory", reason: `${id} is due: it holds ${mebibytes(memoryBytes)}` };
  return undefined;
}

function timeLimitOf({ id, startedAt }: ObservedWorker, { periodicRestart }: RecyclingLimits) {
  const { timeMs } = periodicRestart;
  return timeMs > 0 ? startedAt + timeMs * (1 - shareOf(id)) : undefined;
}

function memoryCountsAt(
  { startedAt, memoryBytes = 0 }: ObservedWorker,
  { periodicRestart }: RecyclingLimits,
  now: number,
): number | undefined {
  const over = periodicRestart.memoryBytes > 0 && memoryBytes > periodicRestart.memoryBytes;
  const at = startedAt + memoryAfterMs;
  return over && at > now ? at : undefined;
}

function byAge(one: DueWorker, other: DueWorker): number {
  const [a, b] = [one.worker, other.worker];
  return a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1);
}

/** FNV-1a over the name, mapped to [0, a tenth). */
function shareOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++)
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  return (largestShare * hash) / 2 ** 32;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
