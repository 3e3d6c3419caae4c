// The pool whose queue is measured: what a configuration file with these lines means, defaults included.

import { dirname } from "node:path";
import { formatFaults, parseConfiguration } from "@penstock/configuration";
import type { ApplicationPool } from "@penstock/domain";
import type { RoutedPool } from "@penstock/wire";
import { applicationFile } from "../applications/application.ts";

const NAME = "measured";

/** The pool. `concurrency`: the requests that its one worker takes at once. Its application never runs. */
export function measuredPool(concurrency: number): ApplicationPool {
  const module = applicationFile("handler");
  const measured = {
    urls: ["http://+:80/"],
    module,
    concurrency,
    // Far above what is ever under way: a queue that nears its limit is asked more often.
    queueLength: 65_535,
    // Nobody waits so long for a worker that runs.
    queueTimeout: "10s",
    processModel: { maxProcesses: 1 },
  };
  // JSON is YAML.
  const text = JSON.stringify({ version: 1, applicationPools: { [NAME]: measured } });
  const origin = { file: "penstock.yaml", directory: dirname(module), environment: {} };
  const parse = parseConfiguration(text, origin);
  if (parse.kind === "invalid") throw new Error(formatFaults(parse.faults));
  const [pool] = parse.configuration.pools;
  if (!pool) throw new Error("a configuration of one pool has none");
  return pool;
}

/** What a listener knows of a pool. */
export function routeTo(pool: ApplicationPool): RoutedPool {
  const { name, urlGroups, queueLength, queueTimeoutMs, requestTimeoutMs, delivery } = pool;
  const { responseHeaders, processModel } = pool;
  const { startupTimeLimitMs } = processModel;
  return {
    name,
    urlGroups,
    queueLength,
    queueTimeoutMs,
    requestTimeoutMs,
    startupTimeLimitMs,
    delivery,
    responseHeaders,
  };
}
