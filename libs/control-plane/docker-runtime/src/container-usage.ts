// What the containers of a worker use, from the engine's statistics of their cgroups.

import type { WorkerUsage } from "@penstock/activation";
import type { ContainerRole } from "./worker-labels.ts";

const NANOSECONDS_PER_SECOND = 1e9;

/** The engine's answer, as far as it is read. */
export interface ContainerStats {
  readonly memory_stats: MemoryStats;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
}

/** Empty for a container that does not run. */
export interface MemoryStats {
  readonly usage?: number;
  /** That of the container, or what the machine has. */
  readonly limit?: number;
  /** The kernel's own names: those of version 1 and of version 2 of its cgroups. */
  readonly stats?: {
    readonly total_rss?: number;
    readonly total_swap?: number;
    readonly total_inactive_file?: number;
    readonly anon?: number;
    readonly inactive_file?: number;
  };
}

/**
 * What a worker uses, by the roles of its containers; undefined when one does not run. Of two containers both count,
 * but for the memory that is held against a limit: that of the application's container is against its own.
 */
export function workerUsage(
  containers: ReadonlyMap<ContainerRole, ContainerStats>,
): WorkerUsage | undefined {
  const all = [...containers.values()];
  const limited = containers.get("application") ?? containers.get("host");
  if (!limited || all.some(({ memory_stats }) => memory_stats.usage === undefined))
    return undefined;
  return {
    privateBytes: all.reduce((sum, { memory_stats }) => sum + privateBytes(memory_stats), 0),
    workingSetBytes: workingSetBytes(limited.memory_stats),
    memoryLimitBytes: limited.memory_stats.limit ?? 0,
    cpuSeconds:
      all.reduce((sum, { cpu_stats }) => sum + cpu_stats.cpu_usage.total_usage, 0) /
      NANOSECONDS_PER_SECOND,
  };
}

/** Anonymous pages where the kernel tells, else {@link workingSetBytes}. */
function privateBytes(memory: MemoryStats): number {
  const { stats = {} } = memory;
  if (stats.anon !== undefined) return stats.anon;
  if (stats.total_rss !== undefined) return stats.total_rss + (stats.total_swap ?? 0);
  return workingSetBytes(memory);
}

/** What is used less file pages that are idle: the kernel takes those back before the limit ends anybody. */
function workingSetBytes({ usage = 0, stats = {} }: MemoryStats): number {
  return usage - (stats.total_inactive_file ?? stats.inactive_file ?? 0);
}
