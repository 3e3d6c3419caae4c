// A pool with two versions at a real listener: each has its own queue and workers, and clients that are known
// again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answerWhenComplete } from "./raw-requests/complete-answer.ts";
import { get, post } from "./raw-requests/raw-request.ts";
import type { HonestWorker } from "./test-support/honest-worker.ts";
import { ListenerWorld, until } from "./test-support/listener-world.ts";
import { RawClient } from "./test-support/raw-client.ts";

const targets = ({ application }: HonestWorker): string[] =>
  application.runs.map(({ target }) => target);

const cookie = (value: string): string => `Cookie: a=b; version=${value}`;

test("each request goes to the version that its client's cookie leads to, and only who has none is given one", async () => {
  const sticky = { cookie: "version" };
  await using world = await ListenerWorld.start({ canary: { weight: 50, sticky } });
  await using stable = await world.honest("shop", 8);
  await using canary = await world.honest("shop~canary", 8);
  for (const { application } of [stable, canary])
    application.behave = (run) => void answerWhenComplete(run);
  using client = await RawClient.open(world.trafficPort);
  await client.send(get("/shop/low", cookie("17")) + get("/shop/high", cookie("9000")));
  await client.send(get("/shop/named", cookie("canary")) + get("/shop/new"));
  const answers = await client.untilAnswers(4);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  const set = answers.map(({ fields }) => fields.filter((field) => /^set-cookie:/i.test(field)));
  assert.deepEqual(set.slice(0, 3), [[], [], []]);
  assert.equal(set[3]?.length, 1);
  assert.match(set[3]?.[0] ?? "", /^Set-Cookie: version=\d{1,4}; Path=\/; HttpOnly; SameSite=Lax$/);
  const last = Number(/=(\d+)/.exec(set[3]?.[0] ?? "")?.[1]) < 5000 ? canary : stable;
  assert(targets(last).includes("/shop/new"), "the ticket says where it went");
  assert.deepEqual(targets(canary).slice(0, 2).toSorted(), ["/shop/low", "/shop/named"]);
  assert.equal(targets(stable)[0], "/shop/high");
  assert(canary.application.runs.length + stable.application.runs.length === 4);
});

test("a request that is sent again goes to a worker of the same version", async () => {
  await using world = await ListenerWorld.start({ canary: { weight: 100 } });
  await using stable = await world.honest("shop", 8);
  stable.application.behave = (run) => void answerWhenComplete(run);
  const lost = await world.hostile("shop~canary");
  lost.pull();
  using client = await RawClient.open(world.trafficPort);
  await client.send(get("/shop/again"));
  await until("it was taken", () => lost.taken.length === 1);
  const [taken] = lost.taken;
  assert(taken);
  lost.claim(taken);
  await lost.flush();
  await until("it was granted", () => lost.heard.includes("grant"));
  await lost[Symbol.asyncDispose]();
  await using next = await world.honest("shop~canary", 8);
  next.application.behave = (run) => void answerWhenComplete(run);
  const [answer] = await client.untilAnswers(1);
  assert.equal(answer?.status, 200);
  assert.deepEqual([targets(next), targets(stable)], [["/shop/again"], []]);
});

test("a body, and an upgrade, go where the request goes", async () => {
  const sticky = { header: "X-Version" };
  await using world = await ListenerWorld.start({ canary: { weight: 0, sticky } });
  await using canary = await world.honest("shop~canary", 8);
  canary.application.behave = (run) => {
    const head = { status: 101, statusMessage: "Changed", rawHeaders: ["Upgrade", "own/1"] };
    if (run.exchange.upgrade) run.exchange.respond(head, undefined, false);
    else void answerWhenComplete(run);
  };
  using client = await RawClient.open(world.trafficPort);
  await client.send(post(["Content-Length: 4", "X-Version: canary"], "body"));
  const [answer] = await client.untilAnswers(1);
  assert.equal(answer?.status, 200);
  assert.equal(canary.application.runs[0]?.received.toString(), "body");
  using tunnel = await RawClient.open(world.trafficPort);
  const upgrade = ["Connection: Upgrade", "Upgrade: own/1"];
  await tunnel.send(get("/shop/tunnel", "X-Version: canary", ...upgrade));
  await until("it is open", () => tunnel.received.startsWith("HTTP/1.1 101 "));
  tunnel.socket.resetAndDestroy();
});
