// IIS `recycling`: when a healthy worker is replaced by a fresh one, and in which order.

import { count, duration, list, record, size, text, toggle } from "./build.ts";

const periodicRestart = record("When a worker is replaced although nothing is wrong with it.", {
  time: duration(
    "Age at which a worker is replaced, at nine tenths of it at the earliest; `0s` = never.",
    {
      default: "0s",
      iisDefault: "29h",
    },
  ),
  requests: count(
    "Requests after which a worker is replaced, at nine tenths of them at the earliest; `0` = never.",
    {
      default: 0,
      minimum: 0,
      maximum: 2_147_483_647,
    },
  ),
  memory: size(
    "Private memory, of a worker and of all that it started, beyond which it is replaced; `0B` = never.",
    { default: "0B" },
  ),
  schedule: list(
    "Local times of day at which all workers of the pool are replaced, a quarter at a time.",
    text("A time of day.", {
      pattern: "^([01]\\d|2[0-3]):[0-5]\\d$",
      expects: 'a time of day such as "03:30"',
    }),
    { default: [], uniqueItems: true },
  ),
});

/** `recycling` of a pool. */
export const recycling = record("How and when workers are replaced by fresh ones.", {
  disallowOverlappingRotation: toggle(
    "Stop the old worker before its replacement starts: for applications that must be alone.",
    { default: false },
  ),
  disallowRotationOnConfigChange: toggle(
    "Let workers run on when the pool's configuration changes.",
    { default: false },
  ),
  periodicRestart,
});
