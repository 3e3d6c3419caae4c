// The dispatch protocol over a real nats-server: what the model proves on the twin, seen to hold here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RecordedExchange } from "@penstock/request-queue/testing";
import { NatsWorld, until } from "./test-support/nats-world.ts";

const over = (exchanges: readonly RecordedExchange[]) => () =>
  exchanges.every(({ outcomes }) => outcomes.length > 0);

/** How often each outcome came. */
function tally(exchanges: readonly RecordedExchange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome = "none" } of exchanges) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

const isOwn = ({ body, target }: RecordedExchange): boolean => body.toString() === target;

test("each request gets its own answer, with several listeners and workers", async () => {
  await using world = await NatsWorld.start();
  const listeners = [await world.listener("l1"), await world.listener("l2")];
  for (const name of ["w1", "w2", "w3"])
    (await world.worker(name)).application.behave = (run) => run.answer();
  const exchanges: RecordedExchange[] = [];
  for (let count = 0; count < 300; count++) {
    for (const listener of listeners) exchanges.push(listener.ask({ method: "POST" }));
    if (count % 50 === 0) await sleep(1);
  }
  await until("all are answered", over(exchanges));
  assert.deepEqual(tally(exchanges), { answered: 600 });
  assert.ok(exchanges.every(isOwn));
  for (const { dispatcher } of listeners) assert.equal(dispatcher.leftovers, 0);
});

test("large bodies go both ways, within their windows", async () => {
  await using world = await NatsWorld.start();
  const listener = await world.listener("l1");
  const { application } = await world.worker("w1");
  const chunks = Array.from({ length: 60 }, (_, index) => Buffer.alloc(100_000, index));
  const body = Buffer.concat(chunks);
  const exchange = listener.ask({ method: "POST", stream: chunks });
  await until("the body is there", () => application.runs[0]?.bodyComplete === true);
  const [run] = application.runs;
  assert.ok(run);
  assert.ok(run.received.equals(body));
  run.exchange.respond({ status: 200, statusMessage: "OK", rawHeaders: [] }, body, true);
  await until("the answer is there", over([exchange]));
  assert.ok(exchange.body.equals(body));
});

test("a worker that drains hands over to another without losing or repeating a request", async () => {
  await using world = await NatsWorld.start();
  const listener = await world.listener("l1");
  const old = await world.worker("old", 32);
  const fresh = await world.worker("fresh", 32);
  const runs = new Map<string, number>();
  for (const { application } of [old, fresh])
    application.behave = (run) => {
      runs.set(run.target, (runs.get(run.target) ?? 0) + 1);
      setTimeout(() => run.answer(), 2);
    };
  const exchanges: RecordedExchange[] = [];
  let drained: Promise<void> | undefined;
  for (let count = 0; count < 400; count++) {
    exchanges.push(listener.ask({ method: "POST" }));
    if (count === 200) drained = old.receiver.drain();
    if (count % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await drained;
  await old.link[Symbol.asyncDispose]();
  await until("all are over", over(exchanges));
  assert.deepEqual(tally(exchanges), { answered: 400 });
  assert.ok([...runs.values()].every((count) => count === 1));
  assert.ok(old.application.runs.length > 0 && fresh.application.runs.length > 0);
});

test("a worker that is gone without a word is found out, and what it held is repeated", async () => {
  await using world = await NatsWorld.start();
  const listener = await world.listener("l1");
  const lost = await world.worker("lost");
  const get = listener.ask();
  const post = listener.ask({ method: "POST" });
  await until("both run", () => lost.application.runs.length === 2);
  await lost.link.connection.close();
  (await world.worker("other")).application.behave = (run) => run.answer();
  await until("both are over", over([get, post]));
  assert.equal(get.outcome, "answered");
  assert.equal(post.outcome, "Connection_Abandoned_By_ReqQueue");
});

test("connections that break cost nothing but time for what may be repeated", async () => {
  await using world = await NatsWorld.start();
  const listener = await world.listener("l1");
  const workers = [await world.worker("w1"), await world.worker("w2")];
  const posts = new Map<string, number>();
  for (const { application } of workers)
    application.behave = (run) => {
      if (run.exchange.head.method === "POST")
        posts.set(run.target, (posts.get(run.target) ?? 0) + 1);
      setTimeout(() => run.answer(), 5);
    };
  const gets: RecordedExchange[] = [];
  const others: RecordedExchange[] = [];
  for (let count = 0; count < 300; count++) {
    gets.push(listener.ask());
    others.push(listener.ask({ method: "POST" }));
    await sleep(2);
    if (count % 100 === 30) await workers[0]?.link.connection.reconnect();
    if (count % 100 === 60) await workers[1]?.link.connection.reconnect();
    if (count % 100 === 90) await listener.link.connection.reconnect();
  }
  await until("all are over", over([...gets, ...others]));
  assert.deepEqual(tally(gets), { answered: 300 });
  assert.ok(gets.every(isOwn));
  assert.ok([...posts.values()].every((count) => count === 1));
  assert.ok((tally(others)["answered"] ?? 0) > 100);
  await until("nothing is left", () => listener.dispatcher.leftovers === 0);
});

test("a restart of the broker, whose queues come back later, costs nothing but time for what may be repeated", async () => {
  await using world = await NatsWorld.start();
  const listener = await world.listener("l1");
  const worker = await world.worker("w1");
  const held = listener.ask();
  await until("it runs", () => worker.application.runs.length === 1);
  worker.application.behave = (run) => run.answer();
  await world.broker.stop();
  await until("the break is noticed", () => !listener.link.connected);
  const meanwhile = [listener.ask(), listener.ask({ method: "POST" })];
  await world.broker.startAgain();
  await until("all are back", () => world.broker.connected);
  const after = listener.ask({ method: "POST" });
  await sleep(300);
  await world.broker.provision("shop", 1000);
  await until("all are over", over([held, ...meanwhile, after]));
  assert.deepEqual(tally([held, ...meanwhile, after]), { answered: 4 });
  assert.equal(worker.application.runs[0]?.cancelled, true);
});

test("a full queue refuses, and a pool without a queue is unavailable", async () => {
  await using world = await NatsWorld.start();
  await world.broker.request("STREAM.DELETE.REQ_shop", {});
  const listener = await world.listener("l1");
  const unavailable = listener.ask();
  await until("it is over", over([unavailable]));
  assert.equal(unavailable.outcome, "QueueUnavailable");
  await world.broker.provision("shop", 5);
  const exchanges = Array.from({ length: 8 }, () => listener.ask());
  await until("three are refused", () => tally(exchanges)["QueueFull"] === 3);
  assert.deepEqual(tally(exchanges), { none: 5, QueueFull: 3 });
});
