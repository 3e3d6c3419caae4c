// A listener that was taken over. It may fill any queue and remove what waits there, because that is its
// work; it must not read another listener's answers, take requests, change the routing table, or touch
// queues as such. The confused deputy is tried from here too: what a listener publishes is answered by JetStream.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { foreignReplies } from "./test-support/deputies.ts";
import { HostileWorld, type Attack } from "./test-support/hostile-world.ts";
import { generalRequests, requestsAbout } from "./test-support/jetstream-api.ts";

let world: HostileWorld;
before(async () => {
  world = await HostileWorld.start();
});
after(() => world[Symbol.asyncDispose]());

const attacker = () => ({
  credentials: world.listener("l3"),
  inboxPrefix: "_L.l3",
  place: "EDGE" as const,
});

function denied(title: string, attack: Attack): void {
  test(title, async () => {
    const outcome = await world.attempt(attacker(), attack);
    assert.deepEqual([outcome.effects, outcome.ownAccount], [[], []]);
    assert.notDeepEqual(outcome.denials, [], "it was denied");
  });
}

const ELSEWHERE = [
  ">",
  "*.>",
  "resp.>",
  "resp.*.*.*",
  "resp.*.l1.*",
  "resp.beta.l1.b1",
  "out.>",
  "out.l1.*",
  "_L.>",
  "_L.l1.>",
  "_W.>",
  "_C.>",
  "_M.>",
  "_INBOX.>",
  "req.>",
  "req.beta.l1",
  "ctl.>",
  "ctl.beta.*",
  "cred.>",
  "wrk.>",
  "load.*",
  "demand.>",
  "$KV.>",
  "$JS.>",
  "$JS.EVENT.ADVISORY.>",
  "$SYS.>",
];
for (const subject of ELSEWHERE) {
  denied(`a listener cannot subscribe to ${subject}`, (connection) => {
    connection.subscribe(subject, { callback: () => {} });
  });
}

const FOREIGN = [
  "req.beta.l1",
  "req.alpha.l1",
  "resp.beta.l1.b1",
  "resp.beta.l3.b1",
  "out.l1.1",
  "_L.l1.x",
  "_W.b1.pull",
  "_C.x.y",
  "_M.m1.x",
  "load.l1",
  "wrk.beta.b1",
  "cred.beta.b1",
  "evt.beta",
  "demand.beta.l1",
  "$KV.penstock_routing.table",
  "$JS.ACK.REQ_beta.w.1.1.1.1.0",
  "$JS.API.CONSUMER.MSG.NEXT.REQ_beta.w",
  "$JS.API.STREAM.MSG.DELETE.KV_penstock_routing",
  "$JS.EVENT.ADVISORY.API",
  "$SYS.REQ.CLAIMS.UPDATE",
  "$SYS.REQ.CLAIMS.LIST",
  "$SYS.REQ.SERVER.PING.CONNZ",
  "$SRV.PING",
];
for (const subject of FOREIGN) {
  denied(`a listener cannot publish to ${subject}`, (connection) => {
    connection.publish(subject, '{"seq":1}');
  });
}

// Its own rights among them: the removal from a queue, and the reading of queues and of the routing bucket.
const OWN = new Set([
  "$JS.API.STREAM.MSG.DELETE.REQ_alpha",
  "$JS.API.STREAM.MSG.DELETE.REQ_beta",
  "$JS.API.DIRECT.GET.REQ_alpha",
  "$JS.API.DIRECT.GET.REQ_beta",
  "$JS.API.DIRECT.GET.KV_penstock_routing",
]);
const api = ["REQ_alpha", "REQ_beta", "KV_penstock_routing"].flatMap(requestsAbout);
for (const { subject, body } of [...generalRequests, ...api]) {
  if (OWN.has(subject)) continue;
  denied(`a listener cannot call ${subject}`, (connection) =>
    connection.request(subject, body, { timeout: 200 }),
  );
}

/** What it may publish, and JetStream answers: the answer goes where the attacker says. */
const ANSWERED: readonly (readonly [string, string, string])[] = [
  ["a request for no pool", "req.nowhere.l3", "x"],
  ["a read of the routing bucket", "$JS.API.DIRECT.GET.KV_penstock_routing", '{"seq":1}'],
  ["a broken read", "$JS.API.DIRECT.GET.KV_penstock_routing", '{"seq":'],
  ["a look into a queue", "$JS.API.DIRECT.GET.REQ_beta", '{"seq":1,"next_by_subj":"req.beta.*"}'],
  ["a removal of nothing", "$JS.API.STREAM.MSG.DELETE.REQ_beta", '{"seq":999999}'],
  ["a broken removal", "$JS.API.STREAM.MSG.DELETE.REQ_beta", '{"seq":'],
  ["a removal from no queue", "$JS.API.STREAM.MSG.DELETE.REQ_nowhere", '{"seq":1}'],
  ["a load report", "load.l3", "no JSON"],
];
// What it may say to anybody anyway is no foreign subject here; wildcards would also match those.
const replies = foreignReplies.filter(
  (reply) => !reply.startsWith("ctl.") && !reply.startsWith("$JS.API.STREAM.MSG.DELETE.REQ_"),
);

/** What other listeners may receive then: an answer of JetStream, in the place of somebody's word. See below. */
const TO_LISTENERS = /^l[12] received (?:resp|out|_L|evt|\$KV)\./;
/** What is every listener's right: a load report, and the arrival of its own request. */
const OWN_RIGHT =
  /^(?:controller received (?:load\.l3|demand\.alpha\.l3)|messages of REQ_alpha: last \d+ -> last \d+)/;

for (const reply of replies) {
  test(`everything that a listener may ask, to be answered at ${reply}`, () =>
    harmless((connection) => {
      for (const [, subject, body] of ANSWERED) connection.publish(subject, body, { reply });
    }, ANSWERED.length));
  test(`a request of a listener, to be acknowledged at ${reply}`, () =>
    harmless((connection) => {
      connection.publish("req.alpha.l3", "x", { reply });
    }, 1));
}

async function harmless(attack: Attack, attempts: number): Promise<void> {
  const outcome = await world.attempt(attacker(), attack, attempts, OWN_RIGHT);
  assert.deepEqual(outcome.effects, []);
  for (const seen of outcome.ownAccount) assert.match(seen, TO_LISTENERS);
}

test("known: a listener can remove what waits in any queue, whoever put it there", async () => {
  const outcome = await world.watch("EDGE", [], async () => {
    const { credentials, inboxPrefix } = attacker();
    const connection = await world.connect(credentials, inboxPrefix);
    connection.publish("$JS.API.STREAM.MSG.DELETE.REQ_beta", '{"seq":1,"no_erase":true}');
    await connection.flush();
    await connection.close();
  });
  assert.match(outcome.effects.join(), /^messages of REQ_beta/);
});

test("known: a listener can read what waits in any queue, whoever put it there", async () => {
  const { credentials, inboxPrefix } = attacker();
  const connection = await world.connect(credentials, inboxPrefix);
  await world.enqueue("beta", 1);
  const answer = await connection.request(
    "$JS.API.DIRECT.GET.REQ_beta",
    '{"seq":1,"next_by_subj":"req.beta.*"}',
  );
  assert.ok(Number(answer.headers?.get("Nats-Sequence")) > 0);
  await connection.close();
});

test("known: a listener can have JetStream's answers sent to another listener whose name it knows", async () => {
  const outcome = await world.watch("EDGE", [], async () => {
    const { credentials, inboxPrefix } = attacker();
    const connection = await world.connect(credentials, inboxPrefix);
    connection.publish("req.alpha.l3", "x", { reply: "out.l1.1" });
    await connection.flush();
    await connection.close();
  });
  for (const effect of outcome.effects) assert.match(effect, OWN_RIGHT);
  assert.deepEqual(outcome.ownAccount, ["l1 received out.l1.1"]);
});

test("the count", (t) => {
  t.diagnostic(`listener: ${world.tally.toString()}`);
  assert.equal(world.tally.effects, 0);
});
