// A reporter of `node --test` that prints nothing and leaves a tally behind. It gets into each project's
// tests through NODE_OPTIONS, beside the reporter that people read, so that the projects' own test
// scripts stay plain `node --test`. It takes itself out of the environment when it is loaded, before any
// test file starts: what tests start in turn inherits nothing of it.

import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TestEvent } from "node:test/reporters";

import { orderContainers, takeOrders } from "./injection.ts";
import { RunningTally } from "./running-tally.ts";

const orders = takeOrders(process.env);
if (orders?.containers) orderContainers(process.env, orders.containers);

/** Reads the events of one run; yields no output. */
export default async function* tallyReporter(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  const tally = new RunningTally();
  const silence = watchSilence();
  // At exit and not at the end of the events: a run that is interrupted never comes to that.
  process.once("exit", () => leave(tally));
  for await (const event of events) {
    silence.refresh();
    tally.take(event);
  }
  yield* [];
}

/**
 * Ends a run that hangs, as Ctrl-C would: node:test then says which file it was in. Its own limit
 * (`--test-timeout`) cannot be set from the environment.
 */
function watchSilence(): NodeJS.Timeout {
  const limitMs = orders?.silenceLimitMs ?? 2 ** 31 - 1;
  return setTimeout(() => process.kill(process.pid, "SIGTERM"), limitMs).unref();
}

function leave(tally: RunningTally): void {
  if (!orders) return;
  // npm says whose script runs; without npm the folder has to do.
  const project = process.env["npm_package_name"] ?? basename(process.cwd());
  mkdirSync(orders.folder, { recursive: true });
  writeFileSync(
    join(orders.folder, `${randomUUID()}.json`),
    JSON.stringify({ project, ...tally.outcome() }),
  );
}
