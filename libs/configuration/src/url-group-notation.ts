// URL groups in the words and units of the file, beside poolNotation.

import type { PoolUrlGroup } from "@penstock/domain";
import { formatDuration } from "./notation/duration.ts";
import { escapeExpressions } from "./notation/interpolation.ts";
import { formatSize } from "./notation/size.ts";
import type { Notation } from "./pool-notation.ts";

/** A group as a complete entry of `urlGroups`. The pool's own says neither `pool` nor `urls`. */
function urlGroupNotation(pool: string, group: PoolUrlGroup): Notation {
  const { timeouts } = group;
  return {
    ...(group.name !== pool && { pool, urls: group.urls.map((url) => escapeExpressions(url)) }),
    enabled: group.enabled,
    maxConnections: group.maxConnections,
    maxBandwidth: formatSize(group.maxBandwidth),
    maxRequestBody: formatSize(group.maxRequestBodyBytes),
    timeouts: {
      entityBody: formatDuration(timeouts.entityBodyMs),
      drainEntityBody: formatDuration(timeouts.drainEntityBodyMs),
      requestQueue: formatDuration(timeouts.requestQueueMs),
      idleConnection: formatDuration(timeouts.idleConnectionMs),
      headerWait: formatDuration(timeouts.headerWaitMs),
      minSendRate: formatSize(timeouts.minSendRate),
      minReceiveRate: formatSize(timeouts.minReceiveRate),
    },
  };
}

/** All groups of these pools, by name. */
export function urlGroupsNotation(
  pools: readonly { readonly name: string; readonly urlGroups: readonly PoolUrlGroup[] }[],
): Notation {
  return Object.fromEntries(
    pools.flatMap(({ name, urlGroups }) =>
      urlGroups.map((group) => [group.name, urlGroupNotation(name, group)]),
    ),
  );
}
