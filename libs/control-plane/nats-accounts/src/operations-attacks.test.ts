// The identity of the command line and of metrics, stolen. They look; they must not touch, in no account, by
// no reply subject.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { foreignReplies } from "./test-support/deputies.ts";
import { HostileWorld, type Attack } from "./test-support/hostile-world.ts";
import { generalRequests, requestsAbout } from "./test-support/jetstream-api.ts";
import { OPERATIONS_API, SERVER_API, SERVER_METRICS } from "./topology.ts";

let world: HostileWorld;
before(async () => {
  world = await HostileWorld.start();
});
after(() => world[Symbol.asyncDispose]());

const attacker = () => ({
  credentials: world.operations("m3"),
  inboxPrefix: "_M.m3",
  place: "OPS" as const,
});

function denied(title: string, attack: Attack): void {
  test(`the command line ${title}`, async () => {
    const outcome = await world.attempt(attacker(), attack);
    assert.deepEqual([outcome.effects, outcome.ownAccount], [[], []]);
    assert.notDeepEqual(outcome.denials, [], "it was denied");
  });
}

const api = ["REQ_alpha", "REQ_beta", "KV_penstock_routing"].flatMap(requestsAbout);
const PUBLISH = [
  "req.beta.m3",
  "req.alpha.l1",
  "resp.beta.l1.b1",
  "ctl.beta.b1",
  "cred.beta.b1",
  "wrk.beta.b1",
  "load.l1",
  "evt.beta",
  "out.l1.1",
  "_L.l1.x",
  "_W.b1.pull",
  "_C.x.y",
  "_A.x.y",
  "_M.m1.x",
  "$KV.penstock_routing.table",
  "$JS.ACK.REQ_beta.w.1.1.1.1.0",
  "$JS.API.CONSUMER.MSG.NEXT.REQ_beta.w",
  "$SYS.REQ.CLAIMS.UPDATE",
  "$SYS.REQ.CLAIMS.DELETE",
  "$SYS.REQ.CLAIMS.LIST",
  "$SYS.REQ.SERVER.PING",
  "$SYS.REQ.SERVER.x.KICK",
  "$SYS.REQ.ACCOUNT.PING.CONNZ",
];
const SUBSCRIBE = [
  ">",
  "*.>",
  "req.>",
  "resp.>",
  "ctl.>",
  "cred.>",
  "wrk.>",
  "load.*",
  "evt.*",
  "demand.>",
  "out.>",
  "_L.>",
  "_W.>",
  "_C.>",
  "_A.>",
  "_M.>",
  "_M.m1.>",
  "_S.>",
  "_INBOX.>",
  "$KV.>",
  "$JS.API.>",
  "$SYS.>",
  "$SYS.ACCOUNT.>",
];

for (const subject of SUBSCRIBE)
  denied(`cannot subscribe to ${subject}`, (connection) => {
    connection.subscribe(subject, { callback: () => {} });
  });
for (const subject of PUBLISH)
  denied(`cannot publish to ${subject}`, (connection) => {
    connection.publish(subject, "{}");
  });
for (const { subject, body } of [...generalRequests, ...api]) {
  denied(`cannot call ${subject}`, (connection) =>
    connection.request(subject, body, { timeout: 200 }),
  );
  const own = subject.replace("$JS.API", OPERATIONS_API);
  if (/\.(?:STREAM\.INFO|CONSUMER\.INFO|STREAM\.NAMES)\b/.test(own)) continue;
  denied(`cannot call ${own}`, (connection) => connection.request(own, body, { timeout: 200 }));
}

const asked = [
  `${OPERATIONS_API}.STREAM.INFO.REQ_beta`,
  `${OPERATIONS_API}.STREAM.INFO.nowhere`,
  `${OPERATIONS_API}.CONSUMER.INFO.REQ_beta.w`,
  `${OPERATIONS_API}.STREAM.NAMES`,
  ...SERVER_METRICS.map((what) => `${SERVER_API}.${what}`),
];
for (const reply of foreignReplies) {
  test(`everything that the command line may ask, to be answered at ${reply}`, async () => {
    const ask: Attack = (connection) => {
      for (const subject of asked) connection.publish(subject, "", { reply });
    };
    const outcome = await world.attempt(attacker(), ask, asked.length);
    assert.deepEqual(outcome.effects, []);
    // Another user of the same account, whose inbox it knows, may be sent what it may ask itself.
    for (const seen of outcome.ownAccount) assert.equal(seen, "m1 received _M.m1.x");
  });
}

test("what they are for works", async () => {
  const connection = await world.connect(world.operations("m4"), "_M.m4");
  const ask = async <Answer>(subject: string): Promise<Answer> =>
    (await connection.request(subject, "", { timeout: 2000 })).json<Answer>();
  const { state } = await ask<{ state: { messages: number } }>(
    `${OPERATIONS_API}.STREAM.INFO.REQ_beta`,
  );
  assert.equal(state.messages, 3);
  const consumer = await ask<{ num_pending: number }>(`${OPERATIONS_API}.CONSUMER.INFO.REQ_beta.w`);
  assert.equal(consumer.num_pending, 3);
  const server = await ask<{ data: { connections: number } }>(`${SERVER_API}.VARZ`);
  assert(server.data.connections > 1);
  await connection.close();
});

test("the count", (t) => {
  t.diagnostic(`command line and metrics: ${world.tally.toString()}`);
  assert.equal(world.tally.effects, 0);
});
