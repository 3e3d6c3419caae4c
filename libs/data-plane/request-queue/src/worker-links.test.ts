// What a listener knows of workers: flushed once per turn, probed while silent, forgotten when idle.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import type { Exchange } from "./exchange.ts";
import { LINK_IDLE_MS, PROBE_INTERVAL_MS, PROBES_UNTIL_LOST } from "./limits.ts";
import type { ListenerTransport, WorkerAddress } from "./transport.ts";
import { WorkerLinks } from "./worker-links.ts";

/** Links over a transport that only writes down. */
function links() {
  const clock = new ManualClock(1000);
  const deferred: (() => void)[] = [];
  const sent: string[] = [];
  const forgotten: string[] = [];
  const lost: string[] = [];
  const probes: string[] = [];
  const state = { connected: true, alive: true };
  const transport: ListenerTransport = {
    get connected() {
      return state.connected;
    },
    publish: () => {},
    remove: () => {},
    look: () => Promise.resolve("none"),
    attach: () => {},
    send: ({ worker }, frames) => void sent.push(`${worker} ${frames.length}`),
    forget: ({ worker }) => void forgotten.push(worker),
    probe: ({ worker }) => {
      probes.push(worker);
      return Promise.resolve(state.alive);
    },
  };
  const all = new WorkerLinks({
    transport,
    clock,
    defer: (run) => deferred.push(run),
    lost: (link, detail) => {
      lost.push(`${link.address.worker}: ${detail}`);
      link.exchanges.clear();
      all.drop(link);
    },
  });
  const turn = (): void => {
    for (const run of deferred.splice(0)) run();
  };
  /** Passes time step by step, and lets each probe settle. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { all, clock, turn, pass, sent, forgotten, lost, probes, state };
}

const w1: WorkerAddress = { pool: "shop", worker: "w1" };
const w2: WorkerAddress = { pool: "shop", worker: "w2" };
const signal = { kind: 1, flags: 0, number16: 0, exchange: 1, take: 1 };
const exchange = {} as Exchange;

test("what one turn says to one worker is one message", () => {
  const { all, turn, sent } = links();
  const one = all.heard(w1);
  const other = all.heard(w2);
  all.outbox(one).signal(signal);
  all.outbox(other).signal(signal);
  all.outbox(one).signal(signal);
  assert.deepEqual(sent, []);
  turn();
  assert.deepEqual(sent, ["w1 32", "w2 16"]);
  turn();
  all.outbox(one).signal(signal);
  turn();
  assert.deepEqual(sent, ["w1 32", "w2 16", "w1 16"]);
});

test("what was to be said to a worker that is dropped is not sent", () => {
  const { all, turn, sent, forgotten } = links();
  const link = all.heard(w1);
  all.outbox(link).signal(signal);
  all.drop(link);
  all.drop(link);
  turn();
  assert.deepEqual(sent, []);
  assert.deepEqual(forgotten, ["w1"]);
  assert.equal(all.size, 0);
});

test("a worker that holds nothing is not probed, and forgotten when it has been silent for long", async () => {
  const { all, clock, pass, probes, forgotten } = links();
  all.heard(w1);
  await pass(LINK_IDLE_MS - 1000);
  assert.equal(all.size, 1);
  await pass(2000);
  assert.equal(all.size, 0);
  assert.deepEqual(forgotten, ["w1"]);
  assert.deepEqual(probes, []);
  assert.equal(clock.pendingTimers, 0);
});

test("a worker that is heard is neither probed nor forgotten", async () => {
  const { all, pass, probes } = links();
  all.heard(w1).exchanges.add(exchange);
  for (let rounds = 0; rounds < 20; rounds++) {
    await pass(500);
    all.heard(w1);
  }
  assert.deepEqual(probes, []);
});

test("a silent worker that holds something is probed, and kept while it answers", async () => {
  const { all, pass, probes, lost } = links();
  all.heard(w1).exchanges.add(exchange);
  await pass(10 * PROBE_INTERVAL_MS);
  assert.ok(probes.length >= 9);
  assert.deepEqual(lost, []);
});

test("one probe that finds nobody is not enough, as many as the limit in a row are", async () => {
  const { all, pass, state, lost } = links();
  all.heard(w1).exchanges.add(exchange);
  state.alive = false;
  await pass((PROBES_UNTIL_LOST - 1) * PROBE_INTERVAL_MS);
  assert.deepEqual(lost, []);
  state.alive = true;
  await pass(PROBE_INTERVAL_MS);
  state.alive = false;
  await pass((PROBES_UNTIL_LOST - 1) * PROBE_INTERVAL_MS);
  assert.deepEqual(lost, []);
  await pass(PROBE_INTERVAL_MS);
  assert.deepEqual(lost, ["w1: its connection to the broker is gone"]);
  await pass(10 * PROBE_INTERVAL_MS);
  assert.equal(lost.length, 1);
});

test("nobody is probed, or lost, while the broker cannot be reached", async () => {
  const { all, pass, state, probes, lost } = links();
  all.heard(w1).exchanges.add(exchange);
  state.connected = false;
  state.alive = false;
  await pass(20 * PROBE_INTERVAL_MS);
  assert.deepEqual(probes, []);
  assert.deepEqual(lost, []);
});

test("a worker is found by its names", () => {
  const { all } = links();
  const link = all.heard(w1);
  all.heard(w2);
  assert.equal(all.find("shop", "w1"), link);
  assert.equal(all.find("other", "w1"), undefined);
  assert.equal(all.find("shop", "w3"), undefined);
});
