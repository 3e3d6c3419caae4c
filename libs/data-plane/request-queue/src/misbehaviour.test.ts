// A worker is not trusted: whatever it says touches no request but its own, and is counted.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { HeadFlag, ToListener } from "@penstock/wire";
import { BODY_WINDOW } from "./limits.ts";
import type { RawTake } from "./test-support/raw-worker.ts";
import { World } from "./test-support/world.ts";

/** A bad worker that holds one request, beside a good one that holds another. */
async function beside() {
  const world = new World();
  const listener = world.listener();
  const bad = world.rawWorker("bad");
  bad.pull(1);
  const victim = listener.ask({ method: "POST", target: "/victim" });
  await world.settle();
  const [take] = bad.takes;
  assert.ok(take);
  bad.claim(take);
  const good = world.worker("good", 1);
  const innocent = listener.ask({ method: "POST", target: "/innocent" });
  await world.settle();
  const misbehaviours = listener.observer.misbehaviours;
  const finish = async (): Promise<void> => {
    good.application.runs[0]?.answer();
    await world.settle();
    assert.equal(innocent.outcome, "answered");
    assert.equal(innocent.body.toString(), "/innocent");
  };
  const foreign: RawTake = {
    ...take,
    envelope: { ...take.envelope, exchange: innocent.id },
    take: innocent.take,
  };
  return { world, listener, bad, take, victim, innocent, foreign, misbehaviours, finish };
}

test("frames about another worker's request are ignored", async () => {
  const { world, listener, bad, foreign, innocent, finish } = await beside();
  bad.head(foreign, { body: "forged", end: true });
  bad.body(foreign, "forged");
  bad.end(foreign);
  bad.credit(foreign, 1_000_000);
  bad.frame(foreign, ToListener.reset);
  bad.frame(foreign, ToListener.abandon);
  await world.settle();
  assert.equal(innocent.state, "claimed");
  assert.equal(innocent.body.length, 0);
  assert.equal(listener.observer.ignoredFrames, 6);
  await finish();
});

test("frames with a wrong take are ignored", async () => {
  const { world, bad, take, victim } = await beside();
  bad.head({ ...take, take: take.take + 1 }, { end: true });
  await world.settle();
  assert.equal(victim.state, "claimed");
});

test("frames after the end of an answer are ignored", async () => {
  const { world, bad, take, victim, finish } = await beside();
  bad.head(take, { body: "a", end: true });
  bad.head(take, { body: "b", end: true });
  bad.body(take, "c");
  bad.end(take);
  bad.frame(take, ToListener.reset);
  bad.frame(take, ToListener.abandon);
  await world.settle();
  assert.equal(victim.outcome, "answered");
  assert.equal(victim.body.toString(), "a");
  await finish();
});

test("a second head is counted and ignored", async () => {
  const { world, bad, take, victim, misbehaviours, finish } = await beside();
  bad.head(take, { body: "a" });
  bad.head(take, { status: 500, body: "b" });
  bad.end(take);
  await world.settle();
  assert.equal(victim.outcome, "answered");
  assert.equal(victim.status, 200);
  assert.equal(victim.body.toString(), "a");
  assert.deepEqual(misbehaviours, ["shop bad: a second head"]);
  await finish();
});

for (const [what, say] of [
  ["a body before its head", ToListener.body],
  ["an end before its head", ToListener.end],
] as const) {
  test(`${what} is counted and ends the request with 502`, async () => {
    const { world, bad, take, victim, misbehaviours, finish } = await beside();
    bad.frame(take, say);
    bad.head(take, { body: "late", end: true });
    await world.settle();
    assert.equal(victim.outcome, "BadGatewayResponse");
    assert.deepEqual(misbehaviours, [`shop bad: ${what}`]);
    assert.deepEqual(bad.heardKinds, ["cancel"]);
    await finish();
  });
}

test("a body beyond its window is counted and cut, with bounded bytes in memory", async () => {
  const { world, bad, take, victim, misbehaviours, finish } = await beside();
  victim.slow = true;
  bad.head(take);
  for (let sent = 0; sent <= 3 * BODY_WINDOW; sent += 100_000)
    bad.body(take, Buffer.alloc(100_000));
  await world.settle();
  assert.equal(victim.outcome, "cut");
  assert.ok(victim.body.length <= 2 * BODY_WINDOW);
  assert.deepEqual(misbehaviours, ["shop bad: more body than its window"]);
  assert.deepEqual(bad.heardKinds, ["cancel"]);
  await finish();
});

test("a head with more body than the window is counted and a bad gateway", async () => {
  const { world, bad, take, victim, misbehaviours } = await beside();
  victim.slow = true;
  bad.head(take, { body: "x".repeat(2 * BODY_WINDOW + 1) });
  await world.settle();
  assert.equal(victim.outcome, "BadGatewayResponse");
  assert.deepEqual(misbehaviours, ["shop bad: more body than its window"]);
});

test("credit beyond the window is counted and does not open it further", async () => {
  const { world, bad, take, victim, misbehaviours } = await beside();
  bad.credit(take, 4_000_000_000);
  bad.credit(take, 4_000_000_000);
  await world.settle();
  assert.equal(victim.bodyWindow, BODY_WINDOW);
  assert.deepEqual(misbehaviours, [
    "shop bad: credit beyond the window",
    "shop bad: credit beyond the window",
  ]);
});

test("a credit without a count and a frame of no kind are counted and ignored", async () => {
  const { world, bad, take, victim, misbehaviours, finish } = await beside();
  bad.frame(take, ToListener.credit, { payload: Buffer.of(1) });
  bad.frame(take, 99);
  bad.frame(take, 0);
  await world.settle();
  assert.equal(victim.state, "claimed");
  assert.deepEqual(misbehaviours, [
    "shop bad: a credit without a count",
    "shop bad: a frame of kind 99",
    "shop bad: a frame of kind 0",
  ]);
  await finish();
});

test("a head that is cut is a bad gateway", async () => {
  const { world, bad, take, victim, misbehaviours } = await beside();
  bad.frame(take, ToListener.head, { flags: HeadFlag.end, payload: Buffer.of(9, 0, 0, 0, 65) });
  await world.settle();
  assert.equal(victim.outcome, "BadGatewayResponse");
  assert.deepEqual(misbehaviours, ["shop bad: a head that is not valid HTTP"]);
});

test("a message that is cut is counted, after what was whole in it", async () => {
  const { world, bad, take, victim, misbehaviours, finish } = await beside();
  bad.say("l1", Buffer.alloc(17, 0xff));
  bad.head(take, { end: true });
  await world.settle();
  assert.deepEqual(misbehaviours, ["shop bad: a message that is cut"]);
  assert.equal(victim.outcome, "answered");
  await finish();
});

test("a fault while one request is handled ends that request and no other in the same message", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1", 3);
  const exchanges = ["/1", "/2", "/3"].map((target) => listener.ask({ target, method: "POST" }));
  await world.settle();
  exchanges[1]!.during = () => {
    exchanges[1]!.during = undefined;
    throw new Error("a bug");
  };
  for (const run of worker.application.runs) run.answer();
  await world.settle();
  assert.deepEqual(
    exchanges.map(({ outcome }) => outcome),
    ["answered", "cut", "answered"],
  );
  assert.deepEqual(
    world.broker.failures.map((thrown) => String(thrown)),
    ["Error: a bug"],
  );
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("arbitrary messages throw nothing and touch no request of another worker", async () => {
  const { world, bad, innocent, finish } = await beside();
  const frame = fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 5 }), fc.uint8Array())
    .map(([kind, exchange, payload]) => {
      const header = Buffer.alloc(16);
      header.writeUInt32LE(payload.length);
      header[4] = kind;
      header.writeUInt32LE(exchange, 8);
      header.writeUInt32LE(exchange % 3, 12);
      return Buffer.concat([header, payload]);
    });
  const message = fc.oneof(
    fc.uint8Array(),
    fc.array(frame).map((frames) => Buffer.concat(frames)),
  );
  fc.assert(
    fc.property(message, (bytes) => {
      bad.say("l1", bytes);
      world.scheduler.run();
    }),
  );
  assert.deepEqual(world.broker.failures, []);
  assert.equal(innocent.outcomes.length, 0);
  await finish();
});
