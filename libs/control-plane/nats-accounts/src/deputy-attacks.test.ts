// A worker of pool alpha that names foreign subjects as the reply of everything that it may send: pulls,
// broken pulls, acknowledgements of every kind, replies, reports. The broker accepts some of these without a
// word: what counts is that nothing happens. In one open account nineteen of these attacks worked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { acknowledgements, foreignReplies, pulls } from "./test-support/deputies.ts";
import { until } from "./test-support/ends.ts";
import { HostileWorld, type Attack } from "./test-support/hostile-world.ts";

const NEXT = "$JS.API.CONSUMER.MSG.NEXT.REQ_alpha.w";

/** Longer than the heartbeat that one of the pulls asks for, milliseconds. */
const HEARTBEAT_SEEN_MS = 70;

let world: HostileWorld;
before(async () => {
  world = await HostileWorld.start();
});
after(() => world[Symbol.asyncDispose]());

async function harmless(attack: Attack, attempts = 1): Promise<void> {
  const attacker = { credentials: world.worker(), inboxPrefix: "_W.a1", place: "alpha" as const };
  const outcome = await world.attempt(attacker, attack, attempts);
  assert.deepEqual([outcome.effects, outcome.ownAccount], [[], []]);
}

for (const reply of foreignReplies) {
  for (const [name, body] of Object.entries(pulls)) {
    test(`${name}, to be answered at ${reply}`, () =>
      harmless((connection) => {
        connection.publish(NEXT, body, { reply });
        if (body.includes("heartbeat")) return sleep(HEARTBEAT_SEEN_MS);
        return undefined;
      }));
  }

  test(`an answer and a report, to be answered at ${reply}`, () =>
    harmless((connection) => {
      // Nobody listens there, so the broker might say so.
      connection.publish("resp.alpha.l3.a1", "", { reply });
      connection.publish("resp.beta.l3.a1", "", { reply });
    }));

  test(`acknowledgements of every kind, to be answered at ${reply}`, async () => {
    await world.enqueue("alpha", acknowledgements.length);
    await harmless(async (connection) => {
      const taken = await take(connection, acknowledgements.length);
      for (const [index, kind] of acknowledgements.entries())
        connection.publish(taken[index] ?? "", kind, { reply });
    }, acknowledgements.length);
  });
}

test("a pull that is to be answered by the next pull does not run in circles", async () => {
  const started = process.cpuUsage();
  await harmless(async (connection) => {
    for (const body of Object.values(pulls)) connection.publish(NEXT, body, { reply: NEXT });
    await sleep(300);
    // The broker still answers at once.
    const asked = performance.now();
    await connection.flush();
    assert(performance.now() - asked < 100);
  });
  assert(process.cpuUsage(started).user < 1_000_000);
});

/** Takes requests as a worker may, and gives the subjects that acknowledge them. */
async function take(connection: NatsConnection, count: number): Promise<string[]> {
  const taken: string[] = [];
  connection.subscribe("_W.a1.pull", {
    callback: (_error, message) => {
      if (message.reply) taken.push(message.reply);
    },
  });
  const body = JSON.stringify({ batch: count, expires: 5_000_000_000 });
  connection.publish(NEXT, body, { reply: "_W.a1.pull" });
  await until("the requests are delivered", () => taken.length === count);
  return taken;
}

test("the count", (t) => {
  t.diagnostic(`worker, through the broker: ${world.tally.toString()}`);
  assert.equal(world.tally.effects, 0);
});
