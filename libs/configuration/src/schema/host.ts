// The whole file: penstock.yaml.

import { applicationPool, applicationPoolDefaults } from "./application-pool.ts";
import { count, map, record } from "./build.ts";
import { listener, tls } from "./edge.ts";

/** The configuration file. */
export const hostFile = record(
  "Configuration of Penstock: the application pools of one host.",
  {
    version: count("Version of this file's format.", { minimum: 1, maximum: 1 }),
    applicationPoolDefaults,
    applicationPools: map("The application pools, by name.", applicationPool, {
      keyPattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
      expects:
        'a pool name: letters, digits, ".", "_" and "-", a letter or digit first, 63 characters at most',
    }),
    urlGroups: map(
      "Several URL groups on one queue, with limits and a state of their own.",
      undefined,
      {
        keyPattern: "^.+$",
        expects: "a name",
      },
    ),
    tls,
    listener,
  },
  { required: ["version"] },
);
