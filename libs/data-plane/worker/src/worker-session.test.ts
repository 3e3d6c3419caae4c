// What a worker says when it is asked to rest and to work.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { ManualClock } from "@penstock/testing";
import type { WorkerTransport } from "@penstock/request-queue";
import type { WorkerReport } from "@penstock/wire";
import { startWorkerSession, type WorkerSession } from "./worker-session.ts";

interface Scene {
  readonly session: WorkerSession;
  readonly reports: WorkerReport[];
  readonly pulls: number[];
  readonly hostRests: () => number;
  /** Ends the pulls that are open. */
  readonly endPulls: () => Promise<void>;
}

/** A session whose pulls end when the test says so. */
function scene(): Scene {
  const reports: WorkerReport[] = [];
  const pulls: number[] = [];
  let stopping: (() => void)[] = [];
  let hostRests = 0;
  const transport: WorkerTransport = {
    attach: () => {},
    pull: (count) => void pulls.push(count),
    send: () => {},
    stopPulling: () => new Promise((resolve) => stopping.push(resolve)),
  };
  const session = startWorkerSession({
    transport,
    host: {
      handle: () => {},
      rest: async () => void hostRests++,
    },
    slots: 4,
    report: (report) => void reports.push(report),
    malformed: assert.fail,
    clock: new ManualClock(),
    epochNow: () => 0,
    defer: (run) => run(),
  });
  const endPulls = async () => {
    for (const resolve of stopping) resolve();
    stopping = [];
    await turn();
  };
  return { session, reports, pulls, hostRests: () => hostRests, endPulls };
}

const ready = { state: "ready", running: 0, taken: 0, busyMs: 0 } as const;

test("a worker rests under the order's number once its pulls ended, and works again at once", async () => {
  const { session, reports, pulls, hostRests, endPulls } = scene();
  session.obey({ kind: "rest", number: 7 });
  session.obey({ kind: "rest", number: 7 });
  assert.deepEqual([reports, pulls, hostRests()], [[ready], [4], 0]);
  await endPulls();
  assert.deepEqual(reports.at(-1), { state: "resting", running: 0, taken: 0, busyMs: 0, rest: 7 });
  assert.equal(hostRests(), 1);
  session.tell();
  assert.equal(reports.at(-1)?.state, "resting", "it says so again");
  session.obey({ kind: "work" });
  assert.deepEqual([reports.at(-1), pulls], [ready, [4, 4]]);
});

test("an order to work before it rested calls the rest off", async () => {
  const { session, reports, endPulls } = scene();
  session.obey({ kind: "rest", number: 7 });
  session.obey({ kind: "work" });
  await endPulls();
  assert.ok(reports.every(({ state }) => state === "ready"));
});

test("of two orders to rest the later one's number counts", async () => {
  const { session, reports, endPulls } = scene();
  session.obey({ kind: "rest", number: 7 });
  session.obey({ kind: "rest", number: 8 });
  await endPulls();
  assert.deepEqual(
    reports.filter(({ state }) => state === "resting").map(({ rest }) => rest),
    [8],
  );
});

test("a worker that drains obeys no more", async () => {
  const { session, reports, pulls, endPulls } = scene();
  void session.drain();
  session.obey({ kind: "rest", number: 7 });
  session.obey({ kind: "work" });
  await endPulls();
  assert.ok(reports.slice(1).every(({ state }) => state === "draining"));
  assert.deepEqual(pulls, [4]);
});
