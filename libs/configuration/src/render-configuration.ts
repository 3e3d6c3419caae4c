// `penstock config show`: the configuration in force as a file that says everything, defaults included.

import { stringify } from "yaml";
import type { HostConfiguration } from "./host-configuration.ts";
import { poolNotation } from "./pool-notation.ts";
import { urlGroupsNotation } from "./url-group-notation.ts";

/**
 * The configuration as YAML. Reading it again, from any folder, gives the same configuration. Secrets
 * appear as their `file:` and `env:` references; their values are not known here.
 */
export function renderConfiguration(configuration: HostConfiguration): string {
  const applicationPools = Object.fromEntries(
    configuration.pools.map((pool) => [pool.name, poolNotation(pool)]),
  );
  return stringify(
    { version: 1, applicationPools, urlGroups: urlGroupsNotation(configuration.pools) },
    // No line is folded and no value aliased: each stands where it is looked for.
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
