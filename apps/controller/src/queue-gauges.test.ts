import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import test from "node:test";
import type { QueueAdministration, QueueDepth } from "@penstock/nats-administration";
import { ManualClock } from "@penstock/testing";
import { ObservedPools } from "./observed-pools.ts";
import { QueueGauges } from "./queue-gauges.ts";

const EMPTY: QueueDepth = { messages: 0, bytes: 0, oldestAgeMs: 0, enqueued: 0 };

function givenGauges() {
  const clock = new ManualClock();
  const pools = new ObservedPools();
  const held = new Map<string, QueueDepth | Error>();
  const asked: string[] = [];
  const depth = (pool: string): Promise<QueueDepth | undefined> => {
    asked.push(pool);
    const answer = held.get(pool);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const gauges = new QueueGauges({ depth } as unknown as QueueAdministration, pools, clock);
  const second = async (): Promise<string[]> => {
    clock.advance(1000);
    await turn();
    return asked.splice(0);
  };
  return { clock, pools, held, gauges, second };
}

const waiting = (messages: number): QueueDepth => ({ ...EMPTY, messages, bytes: messages * 100 });
const load = (count: number) => ({
  complete: false,
  pools: [{ pool: "a", waiting: count, running: 0 }],
});

test("nobody waits: the broker is not asked, and the queue counts as empty", async () => {
  const { pools, gauges, second } = givenGauges();
  pools.of("a");
  assert.deepEqual(await second(), []);
  assert.deepEqual(gauges.of("a"), EMPTY);
  assert.deepEqual(gauges.of("unknown"), EMPTY);
});

test("while somebody waits the queue is read every second, and once more when nobody does", async () => {
  const { pools, held, gauges, second } = givenGauges();
  pools.report("listener", load(3), 0);
  held.set("a", waiting(3));
  assert.deepEqual(await second(), ["a"]);
  assert.equal(gauges.of("a").messages, 3);
  pools.report("listener", load(0), 0);
  held.set("a", waiting(0));
  assert.deepEqual(await second(), ["a"], "it held something at the last reading");
  assert.equal(gauges.of("a").messages, 0);
  assert.deepEqual(await second(), []);
});

test("an arrival that no listener has reported yet is looked for too", async () => {
  const { pools, held, gauges, second } = givenGauges();
  pools.of("a").arrivedWithoutWorker = true;
  held.set("a", waiting(1));
  assert.deepEqual(await second(), ["a"]);
  assert.equal(gauges.of("a").messages, 1);
});

test("while the broker is away what was read last stands, and reading goes on", async () => {
  const { pools, held, gauges, second } = givenGauges();
  pools.report("listener", load(3), 0);
  held.set("a", waiting(3));
  await second();
  held.set("a", new Error("no broker"));
  assert.deepEqual(await second(), ["a"]);
  assert.equal(gauges.of("a").messages, 3);
  held.set("a", waiting(2));
  await second();
  assert.equal(gauges.of("a").messages, 2);
});

test("a stopped one reads no more and leaves no timer", async () => {
  const { clock, pools, gauges, second } = givenGauges();
  pools.report("listener", load(3), 0);
  gauges.stop();
  assert.deepEqual(await second(), []);
  assert.equal(clock.pendingTimers, 0);
});
