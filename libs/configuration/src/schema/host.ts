// The whole file: penstock.yaml.

import { applicationPool, applicationPoolDefaults } from "./application-pool.ts";
import { count, map, record } from "./build.ts";
import { listener, tls } from "./edge.ts";
import { hostLimits } from "./host-limits.ts";
import { urlGroup } from "./url-group.ts";

const poolName = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";
const poolNameInWords =
  'letters, digits, ".", "_" and "-", a letter or digit first, 63 characters at most';

/** The configuration file. */
export const hostFile = record(
  "Configuration of Penstock: the application pools of one host.",
  {
    version: count("Version of this file's format.", { minimum: 1, maximum: 1 }),
    applicationPoolDefaults,
    applicationPools: map("The application pools, by name.", applicationPool, {
      keyPattern: poolName,
      expects: `a pool name: ${poolNameInWords}`,
    }),
    urlGroups: map("Limits and states of URL groups, by name.", urlGroup, {
      keyPattern: poolName,
      expects: `the name of a group: ${poolNameInWords}`,
    }),
    tls,
    listener,
    host: hostLimits,
  },
  { required: ["version"] },
);
