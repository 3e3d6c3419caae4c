// IIS `processModel`: how many worker processes a pool has, when they come and go, and how their health
// is watched.

import { choice, count, duration, record, toggle } from "./build.ts";

/** `processModel` of a pool. */
export const processModel = record("How many workers a pool has, and when they come and go.", {
  minProcesses: count("Workers that stay even when there is nothing to do.", {
    default: 0,
    minimum: 0,
    maximum: 1000,
  }),
  maxProcesses: count("Workers that run at the same time at most (a web garden above 1).", {
    default: 4,
    iisDefault: "1",
    minimum: 1,
    maximum: 1000,
  }),
  idleTimeout: duration("A worker without a request for this long is stopped; `0s` = never.", {
    default: "20m",
  }),
  idleTimeoutAction: choice(
    "What happens to an idle worker: it ends, or it is frozen and thawed by the next request.",
    ["Terminate", "Suspend"],
    { default: "Terminate" },
  ),
  startupTimeLimit: duration(
    "A worker that is not ready by then is ended, and that counts as a crash.",
    { default: "90s", least: "1ms" },
  ),
  shutdownTimeLimit: duration("What a worker gets to finish its requests before it is killed.", {
    default: "90s",
  }),
  pingingEnabled: toggle("Whether a worker that is up and says nothing is ended and replaced.", {
    default: true,
  }),
  pingInterval: duration(
    "A worker is expected to be heard of this often; it speaks every 5 s by itself.",
    {
      default: "10s",
      iisDefault: "30s",
      least: "100ms",
    },
  ),
  pingResponseTime: duration(
    "A worker that is silent for this much longer is ended, and that counts as a crash.",
    {
      default: "30s",
      iisDefault: "90s",
      least: "100ms",
    },
  ),
});
