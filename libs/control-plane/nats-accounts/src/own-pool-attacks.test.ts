// What a hostile worker can do to its own pool: the wall is around the pool, not around each of its workers,
// which run the same code. These are known; they are tested so that the documentation stays true.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { HostileWorld } from "./test-support/hostile-world.ts";

const NEXT = "$JS.API.CONSUMER.MSG.NEXT.REQ_alpha.w";

let world: HostileWorld;
before(async () => {
  world = await HostileWorld.start();
});
after(() => world[Symbol.asyncDispose]());

const pullTo = (reply: string) => async (connection: NatsConnection) => {
  connection.publish(NEXT, '{"batch":1,"no_wait":true}', { reply });
  await connection.flush();
  await sleep(20);
};

const attacker = () => ({
  credentials: world.worker(),
  inboxPrefix: "_W.a1",
  place: "alpha" as const,
});

test("it can have a request delivered to a sibling that did not ask for one", async () => {
  const outcome = await world.attempt(attacker(), pullTo("_W.a2.pull"));
  assert.deepEqual(outcome.effects, []);
  assert.deepEqual(outcome.ownAccount, ["a2 received req.alpha.l2"]);
});

test("it can have a request of its own pool sent to a sibling in place of a listener's frames", async () => {
  const outcome = await world.attempt(attacker(), pullTo("ctl.alpha.a2"));
  assert.deepEqual(outcome.effects, []);
  assert.deepEqual(outcome.ownAccount, ["a2 received req.alpha.l2"]);
});

test("it cannot have a request of its own pool sent to a listener in place of an answer", async () => {
  await world.enqueue("alpha", 3);
  const outcome = await world.attempt(attacker(), pullTo("resp.alpha.l1.a2"));
  // What comes back through an import does not leave through another.
  assert.deepEqual([outcome.effects, outcome.ownAccount], [[], []]);
});

test("it can take the requests of its pool and not answer them", async () => {
  const outcome = await world.attempt(attacker(), pullTo("_W.a1.pull"));
  assert.deepEqual([outcome.effects, outcome.ownAccount], [[], []]);
});
