// The suite's own proof: what an attack changes is noticed. The attacks are made with the controller's
// rights, in the account of the queues, where they do work; that is why nobody else may log in there.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { issueCredentials } from "./user-credentials.ts";
import { HostileWorld, type Attack } from "./test-support/hostile-world.ts";

let world: HostileWorld;
before(async () => {
  world = await HostileWorld.start();
});
after(() => world[Symbol.asyncDispose]());

async function effectsOf(attack: Attack): Promise<string> {
  const { credentials } = issueCredentials(world.broker.trust, "controller", { name: "c" });
  const outcome = await world.attempt({ credentials, inboxPrefix: "_C", place: "QUEUES" }, attack);
  assert.deepEqual(outcome.denials, []);
  return outcome.effects.join("\n");
}

test("in the account of the queues, a broken pull purges any stream whose API it names as reply", async () => {
  const effects = await effectsOf((connection) =>
    connection.publish("$JS.API.CONSUMER.MSG.NEXT.REQ_alpha.w", '{"batch":', {
      reply: "$JS.API.STREAM.PURGE.REQ_beta",
    }),
  );
  assert.match(effects, /messages of REQ_beta: .*"messages":3.* -> .*"messages":0/);
});

test("in the account of the queues, a pull overwrites the routing table that it names as reply", async () => {
  const effects = await effectsOf((connection) =>
    connection.publish("$JS.API.CONSUMER.MSG.NEXT.REQ_alpha.w", '{"batch":1,"no_wait":true}', {
      reply: "$KV.penstock_routing.table",
    }),
  );
  assert.match(effects, /messages of KV_penstock_routing/);
  // A delivery keeps its own subject wherever it goes; the listeners' subscription on the bucket got it.
  assert.match(effects, /l1 received req\.alpha\.l2/);
});

test("messages, events and changed configurations are noticed", async () => {
  const effects = await effectsOf(async (connection) => {
    connection.publish("evt.beta", "{}");
    connection.publish("cred.beta.b1", "token");
    connection.publish("$JS.API.CONSUMER.DELETE.REQ_beta.w", "");
    connection.publish("$JS.API.STREAM.CREATE.EVIL", '{"name":"EVIL","subjects":["evil"]}');
    await connection.flush();
  });
  assert.match(effects, /l2 received evt\.beta/);
  assert.match(effects, /b1 received cred\.beta\.b1/);
  assert.match(effects, /consumer w of REQ_beta: .* -> gone/);
  assert.match(effects, /configuration of EVIL: nothing -> /);
});
