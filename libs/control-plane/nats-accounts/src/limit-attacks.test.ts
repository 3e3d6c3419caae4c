// A worker that wants more than its share: connections, subscriptions, message size, kinds of connection. Each
// limit stops it and nobody else.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { NatsConnection } from "@nats-io/transport-node";
import { until } from "./test-support/ends.ts";
import { HostileWorld } from "./test-support/hostile-world.ts";
import { sharedIdentity, workerIdentity } from "./identities.ts";
import { issueCredentials } from "./user-credentials.ts";

const CONNECTIONS_MAX = 20;
/** `a2` is connected all the time. */
const OTHERS = 1;

let world: HostileWorld;
before(async () => {
  world = await HostileWorld.start();
});
after(() => world[Symbol.asyncDispose]());

const attacker = () => ({
  credentials: world.worker(),
  inboxPrefix: "_W.a1",
  place: "alpha" as const,
});

test("a pool's account takes as many connections as it was given, and one more is refused", async () => {
  const denials: string[] = [];
  const outcome = await world.watch("alpha", denials, async () => {
    const { credentials, inboxPrefix } = attacker();
    const held: NatsConnection[] = [];
    for (let i = 0; i < CONNECTIONS_MAX - OTHERS; i++)
      held.push(await world.connect(credentials, inboxPrefix));
    await world.connect(credentials, inboxPrefix).catch((thrown) => denials.push(String(thrown)));
    // Another pool is not hindered.
    held.push(await world.connect(world.worker("b9", "beta"), "_W.b9"));
    for (const connection of held) {
      assert(!connection.isClosed());
      await connection.close();
    }
  });
  world.tally.add(outcome);
  assert.deepEqual(outcome.effects, []);
  // The broker may close before it has read what the client says: then that is all there is to see.
  assert.notDeepEqual(denials, []);
});

test("a connection has as many subscriptions as a worker needs, and one more is refused", async () => {
  const { subscriptionsMax } = workerIdentity("alpha");
  const outcome = await world.attempt(attacker(), async (connection) => {
    for (let i = 0; i < subscriptionsMax; i++)
      connection.subscribe(`_W.a1.${i}`, { callback: () => {} });
    await connection.flush();
    assert(!connection.isClosed());
    connection.subscribe("_W.a1.more", { callback: () => {} });
  });
  assert.deepEqual(outcome.effects, []);
  assert.match(outcome.denials.join(), /maximum subscriptions exceeded/i);
});

const tooLarge = async (connection: NatsConnection, subject: string, bytes: number) => {
  // The client knows the limit and would not send it: an attacker's has no such manners.
  const { protocol } = connection as unknown as { protocol: { info: { max_payload: number } } };
  protocol.info.max_payload = Number.MAX_SAFE_INTEGER;
  connection.publish(subject, Buffer.alloc(bytes));
  await until("the connection is cut", () => connection.isClosed());
};

test("a message beyond a worker's size ends its connection", async () => {
  const { payloadMax } = workerIdentity("alpha");
  const outcome = await world.attempt(attacker(), (connection) =>
    tooLarge(connection, "resp.alpha.l3.a1", payloadMax + 1),
  );
  assert.deepEqual(outcome.effects, []);
  assert.match(outcome.denials.join(), /connection closed/i);
});

test("a message beyond the command line's size ends its connection", async () => {
  const { credentials } = issueCredentials(world.broker.trust, "operations", { name: "m3" });
  const { payloadMax } = sharedIdentity("operations");
  const outcome = await world.attempt(
    { credentials, inboxPrefix: "_M.m3", place: "OPS" },
    (connection) => tooLarge(connection, "Q.API.STREAM.NAMES", payloadMax + 1),
  );
  assert.deepEqual(outcome.effects, []);
  assert.match(outcome.denials.join(), /connection closed/i);
});

test("a worker's account has no JetStream of its own", async () => {
  const outcome = await world.attempt(attacker(), (connection) =>
    connection.request("$JS.API.STREAM.CREATE.EVIL", '{"name":"EVIL","subjects":["evil"]}', {
      timeout: 200,
    }),
  );
  assert.deepEqual(outcome.effects, []);
  assert.notDeepEqual(outcome.denials, []);
});

test("the count", (t) => {
  t.diagnostic(`limits: ${world.tally.toString()}`);
  assert.equal(world.tally.effects, 0);
  assert.equal(world.tally.denied, world.tally.attempts);
});
