// `penstock config show`: the configuration in force as a file that says everything, defaults included.

import { stringify } from "yaml";
import type { HostConfiguration } from "./host-configuration.ts";
import { escapeExpressions } from "./notation/interpolation.ts";
import { hostNotation } from "./host-notation.ts";
import { poolNotation } from "./pool-notation.ts";
import { urlGroupsNotation } from "./url-group-notation.ts";

/**
 * The configuration as YAML. Reading it again, from any folder, gives the same configuration. Secrets
 * appear as their `file:` and `env:` references, certificates and keys as paths; what is in them is not
 * known here.
 */
export function renderConfiguration(configuration: HostConfiguration): string {
  const applicationPools = Object.fromEntries(
    configuration.pools.map((pool) => [pool.name, poolNotation(pool)]),
  );
  const { certificates, trustedProxies, proxyProtocolPorts } = configuration.edge;
  const tls = {
    certificates: certificates.map(({ host, cert, key }) => ({
      host,
      cert: escapeExpressions(cert),
      key: escapeExpressions(key),
    })),
  };
  return stringify(
    {
      version: 1,
      applicationPools,
      urlGroups: urlGroupsNotation(configuration.pools),
      tls,
      listener: { trustedProxies, proxyProtocolPorts },
      host: hostNotation(configuration.host),
    },
    // No line is folded and no value aliased: each stands where it is looked for.
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
