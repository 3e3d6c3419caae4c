// The URL groups of a pool: its own, which holds its `urls`, and the further ones that name it.

import type { PoolUrlGroup } from "@penstock/domain";
import { urlGroup } from "./schema/url-group.ts";
import { withDefaults } from "./schema/defaults.ts";
import type { Resolved, Written } from "./schema/value.ts";

/** What an entry of `urlGroups` states. */
export type WrittenUrlGroup = Written<typeof urlGroup>;

type UrlGroupSettings = Resolved<typeof urlGroup>;

/** The groups of one pool, its own first. `groups` are all of the file; they have passed every rule. */
export function resolveUrlGroups(
  pool: { readonly name: string; readonly urls: readonly string[] },
  groups: Readonly<Record<string, WrittenUrlGroup>>,
): readonly PoolUrlGroup[] {
  const further = Object.entries(groups).filter(
    ([name, group]) => name !== pool.name && group.pool === pool.name,
  );
  return [
    resolve(pool.name, { ...groups[pool.name], urls: pool.urls }),
    ...further.map(([name, group]) => resolve(name, group)),
  ];
}

function resolve(name: string, written: WrittenUrlGroup): PoolUrlGroup {
  const settings = withDefaults(urlGroup, written) as UrlGroupSettings;
  const { timeouts } = settings;
  return {
    name,
    urls: settings.urls ?? [],
    enabled: settings.enabled,
    maxConnections: settings.maxConnections,
    maxBandwidth: settings.maxBandwidth,
    maxRequestBodyBytes: settings.maxRequestBody,
    timeouts: {
      entityBodyMs: timeouts.entityBody,
      drainEntityBodyMs: timeouts.drainEntityBody,
      requestQueueMs: timeouts.requestQueue,
      idleConnectionMs: timeouts.idleConnection,
      headerWaitMs: timeouts.headerWait,
      minSendRate: timeouts.minSendRate,
      minReceiveRate: timeouts.minReceiveRate,
    },
  };
}
