// For tests: a routed pool with Penstock's defaults.

import { httpSysUrlGroup } from "@penstock/domain";
import type { RoutedPool } from "@penstock/wire";

/** A pool as the routing record names it. */
export function givenRoute(
  name: string,
  {
    urls = [`http://+:8080/${name}/`],
    ...changes
  }: Partial<RoutedPool> & { readonly urls?: readonly string[] } = {},
): RoutedPool {
  return {
    name,
    urlGroups: [{ name, urls, ...httpSysUrlGroup }],
    queueLength: 1000,
    queueTimeoutMs: 120_000,
    requestTimeoutMs: 0,
    startupTimeLimitMs: 90_000,
    delivery: { redispatch: "idempotent", maxAttempts: 3 },
    responseHeaders: "plain",
    ...changes,
  };
}
