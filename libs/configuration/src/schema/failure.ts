// IIS `failure`: what happens to a pool whose workers keep failing.

import { choice, count, duration, record, toggle } from "./build.ts";

/** `failure` of a pool. */
export const failure = record("What happens when workers fail.", {
  rapidFailProtection: toggle("Take the pool offline when its workers fail too often.", {
    default: true,
  }),
  rapidFailProtectionInterval: duration("The time in which failures are counted.", {
    default: "5m",
    least: "1s",
  }),
  rapidFailProtectionMaxCrashes: count("Failures within the interval that take the pool offline.", {
    default: 5,
    minimum: 1,
    maximum: 2_147_483_647,
  }),
  autoRecover: duration(
    "Try an offline pool again after this long; `0s` = it stays offline until an operator starts it, as in IIS.",
    { default: "0s" },
  ),
  orphanWorkerProcess: toggle(
    "Leave a worker that does not answer its pings running, out of service, for a debugger, instead of ending it; one of each pool at most.",
    { default: false },
  ),
  loadBalancerCapabilities: choice(
    "How a pool refuses that is offline, full, or whose workers do not start in time: with a 503, or by resetting the connection (with HTTP/2 the stream), for load balancers that look at no answer.",
    ["HttpLevel", "TcpLevel"],
    { default: "HttpLevel" },
  ),
});
