// A worker of pool alpha whose application is hostile, and everything that it must not be able to do
// directly. Each attempt must be denied, and nothing of anybody else may change.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { headers } from "@nats-io/transport-node";
import { HostileWorld, type Attack } from "./test-support/hostile-world.ts";
import { generalRequests, requestsAbout } from "./test-support/jetstream-api.ts";

let world: HostileWorld;
before(async () => {
  world = await HostileWorld.start();
});
after(() => world[Symbol.asyncDispose]());

function denied(title: string, attack: Attack): void {
  test(title, async () => {
    const attacker = { credentials: world.worker(), inboxPrefix: "_W.a1", place: "alpha" as const };
    const outcome = await world.attempt(attacker, attack);
    assert.deepEqual([outcome.effects, outcome.ownAccount], [[], []]);
    assert.notDeepEqual(outcome.denials, [], "it was denied");
  });
}

const ELSEWHERE = [
  ">",
  "*",
  "*.>",
  "_W.>",
  "_W.*.>",
  "_W.a2.>",
  "_W.a2.pull",
  "_W.b1.pull",
  "_W.a1",
  "_L.>",
  "_C.>",
  "_A.>",
  "_M.>",
  "_INBOX.>",
  "_R_.>",
  "_GR_.>",
  "req.>",
  "req.alpha.*",
  "req.beta.l1",
  "resp.>",
  "resp.alpha.l1.a1",
  "resp.beta.*.*",
  "ctl.>",
  "ctl.alpha.*",
  "ctl.alpha.a2",
  "ctl.beta.b1",
  "cred.alpha.*",
  "cred.beta.b1",
  "ask.alpha.*",
  "ask.alpha.a2",
  "ask.beta.b1",
  "wrk.alpha.a1",
  "load.*",
  "evt.*",
  "evt.alpha",
  "demand.>",
  "out.>",
  "$KV.>",
  "$KV.penstock_routing.table",
  "$JS.>",
  "$JS.ACK.REQ_alpha.w.>",
  "$JS.API.CONSUMER.MSG.NEXT.REQ_alpha.w",
  "$JS.EVENT.ADVISORY.>",
  "$SYS.>",
  "$SYS.ACCOUNT.>",
  "$SRV.>",
];

for (const subject of ELSEWHERE) {
  denied(`a worker cannot subscribe to ${subject}`, (connection) => {
    connection.subscribe(subject, { callback: () => {} });
  });
  denied(`a worker cannot join a queue group on ${subject}`, (connection) => {
    connection.subscribe(subject, { queue: "q", callback: () => {} });
  });
}

const FOREIGN = [
  "req.alpha.l1",
  "req.beta.l1",
  "resp.beta.l1.b1",
  "resp.beta.l1.a1",
  "resp.alpha.l1.a2",
  "ctl.alpha.a1",
  "ctl.alpha.a2",
  "ctl.beta.b1",
  "cred.alpha.a1",
  "cred.alpha.a2",
  "ask.alpha.a1",
  "ask.alpha.a2",
  "ask.beta.b1",
  "wrk.alpha.a2",
  "wrk.beta.b1",
  "load.l1",
  "evt.alpha",
  "evt.beta",
  "demand.alpha.l1",
  "demand.beta.l1",
  "out.l1.1",
  "_W.a2.pull",
  "_W.b1.pull",
  "_W.a1.pull",
  "_L.l1.x",
  "_C.x.y",
  "_A.x.y",
  "_M.m1.x",
  "$KV.penstock_routing.table",
  "$KV.penstock_routing.pool.beta",
  "$JS.ACK.REQ_alpha.w.1.1.1.1.0",
  "$JS.ACK.REQ_beta.w.1.1.1.1.0",
  "$JS.EVENT.ADVISORY.API",
  "_R_.x",
  "_GR_.x.y.z",
  "$SYS.REQ.CLAIMS.UPDATE",
  "$SYS.REQ.CLAIMS.LIST",
  "$SYS.REQ.CLAIMS.DELETE",
  "$SYS.REQ.SERVER.PING",
  "$SYS.REQ.SERVER.PING.CONNZ",
  "$SYS.REQ.ACCOUNT.PING.CONNZ",
  "$SYS.REQ.USER.INFO",
  "$SRV.PING",
];

for (const subject of FOREIGN) {
  denied(`a worker cannot publish to ${subject}`, (connection) => {
    connection.publish(subject, "forged");
  });
  denied(`a worker cannot ask ${subject}`, (connection) =>
    connection.request(subject, "forged", { timeout: 200 }),
  );
}

const STREAMS = ["REQ_alpha", "REQ_beta", "KV_penstock_routing"];
const api = [...generalRequests, ...STREAMS.flatMap(requestsAbout)];

for (const { subject, body } of api) {
  denied(`a worker cannot call ${subject}`, (connection) =>
    connection.request(subject, body, { timeout: 200 }),
  );
}

for (const stream of ["REQ_beta", "KV_penstock_routing"]) {
  denied(`a worker cannot pull from ${stream}`, (connection) =>
    connection.request(`$JS.API.CONSUMER.MSG.NEXT.${stream}.w`, '{"batch":1}', { timeout: 200 }),
  );
}

for (const kind of ["", "+ACK", "-NAK", "+WPI", "+NXT", "+TERM", "+TERM no"]) {
  denied(`a worker cannot send "${kind}" for a request of pool beta`, (connection) => {
    for (const sequence of [1, 2, 3])
      connection.publish(`$JS.ACK.REQ_beta.w.1.${sequence}.${sequence}.1.0`, kind);
  });
  denied(`a worker cannot send "${kind}" for a request that another of its pool has`, (nats) => {
    nats.publish("$JS.ACK.REQ_alpha.w.1.1.1.1.0", kind);
  });
}

for (const name of ["Nats-Trace-Dest", "Nats-Rollup", "Nats-Msg-Id", "Nats-Request-Info"]) {
  denied(`a header ${name} opens nothing`, (connection) => {
    const forged = headers();
    forged.set(name, name === "Nats-Trace-Dest" ? "_W.b1.pull" : "sub");
    connection.publish("req.beta.l1", "forged", { headers: forged });
  });
}

denied("a trace of an allowed message cannot be sent to somebody else", (connection) => {
  const traced = headers();
  traced.set("Nats-Trace-Dest", "_L.l1.x");
  traced.set("Nats-Trace-Only", "true");
  connection.publish("resp.alpha.l1.a1", "traced", { headers: traced });
});

test("the count", (t) => {
  t.diagnostic(`worker, directly: ${world.tally.toString()}`);
  assert.equal(world.tally.effects, 0);
  assert.equal(world.tally.denied, world.tally.attempts);
});
