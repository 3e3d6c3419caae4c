// What a container holds, from the engine's statistics of its cgroup.

/** The engine's answer, as far as it is read. */
export interface ContainerStats {
  readonly memory_stats: MemoryStats;
}

/** `usage` is absent for a container that does not run. */
export interface MemoryStats {
  readonly usage?: number;
  /** The kernel's own names: those of version 1 and of version 2 of its cgroups. */
  readonly stats?: {
    readonly total_rss?: number;
    readonly total_swap?: number;
    readonly anon?: number;
    readonly inactive_file?: number;
  };
}

/** Private memory, bytes: anonymous pages where the kernel tells, else what is used less file pages that are idle. */
export function heldBytes({ usage, stats = {} }: MemoryStats): number | undefined {
  if (usage === undefined) return undefined;
  if (stats.anon !== undefined) return stats.anon;
  if (stats.total_rss !== undefined) return stats.total_rss + (stats.total_swap ?? 0);
  return usage - (stats.inactive_file ?? 0);
}
