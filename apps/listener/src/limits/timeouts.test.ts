import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { httpSysUrlGroup } from "@penstock/domain";
import { answerWhenComplete } from "../raw-requests/complete-answer.ts";
import { get, post } from "../raw-requests/raw-request.ts";
import type { HonestWorker } from "../test-support/honest-worker.ts";
import { ListenerWorld, until } from "../test-support/listener-world.ts";
import { RawClient } from "../test-support/raw-client.ts";

/** One second each, but for what a test gives time to begin. */
const TIMEOUTS = {
  ...httpSysUrlGroup.timeouts,
  entityBodyMs: 1000,
  drainEntityBodyMs: 1000,
  idleConnectionMs: 1000,
  headerWaitMs: 1000,
  minSendRate: 1_048_576,
};

/** Sends a header without end, line by line. */
async function drip(client: RawClient): Promise<void> {
  await client.send("GET /shop/slow HTTP/1.1\r\n");
  for (let n = 0; !client.ended && !client.closed; n++) {
    await client.send(`X-${n}: a\r\n`);
    await pause(50);
  }
}

const isTunnel = ({ target }: { readonly target: string }): boolean => target.endsWith("/tunnel");

const OK = { status: 200, statusMessage: "OK", rawHeaders: [] };

/** The refusals with which a connection ended. */
async function refused(client: RawClient): Promise<readonly unknown[]> {
  const answers = await client.untilEnded();
  return answers.map(({ status, body }) => [
    status,
    (JSON.parse(body) as { reason: string }).reason,
  ]);
}

suite("time limits of a URL group", { concurrency: true }, () => {
  let world: ListenerWorld;
  let worker: HonestWorker;

  before(async () => {
    world = await ListenerWorld.start({
      limits: { timeouts: TIMEOUTS },
      settings: { headerWaitMs: 1000, idleConnectionMs: 1000 },
    });
    worker = await world.honest("shop", 8);
    worker.application.behave = (run) => {
      if (run.target.startsWith("/shop/large")) {
        run.exchange.respond(OK, Buffer.alloc(8_000_000), true);
      } else if (run.target.startsWith("/shop/early")) run.exchange.respond(OK, undefined, true);
      else if (!run.target.startsWith("/shop/held")) void answerWhenComplete(run);
    };
  });
  after(async () => {
    await worker[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  test("a connection without a request is closed without a word", async () => {
    using client = await RawClient.open(world.trafficPort);
    await client.untilEnded();
    assert.equal(client.received, "");
    assert.notEqual(await world.timeouts("Timer_ConnectionIdle", ""), 0);
  });

  test("a kept connection is closed when no further request comes, and not before", async () => {
    using client = await RawClient.open(world.trafficPort);
    for (let n = 1; n <= 4; n++) {
      await client.send(get(`/shop/${n}`));
      await client.untilAnswers(n);
      await pause(400);
    }
    const answers = await client.untilEnded();
    assert.equal(answers.length, 4);
    assert(answers[0]?.fields.includes("Keep-Alive: timeout=1"));
    assert.notEqual(await world.timeouts("Timer_ConnectionIdle", "shop"), 0);
  });

  test("a header that comes byte by byte does not hold a connection", async () => {
    using client = await RawClient.open(world.trafficPort);
    await drip(client);
    assert.deepEqual(await refused(client), [[408, "Timer_HeaderWait"]]);
    assert.notEqual(await world.timeouts("Timer_HeaderWait", ""), 0);
  });

  test("nor does a further one on a kept connection", async () => {
    using client = await RawClient.open(world.trafficPort);
    await client.send(get("/shop/first"));
    await client.untilAnswers(1);
    await drip(client);
    const answers = await client.untilEnded();
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 408],
    );
  });

  for (const length of [1000, 1_000_000])
    test(`a body of ${length} bytes that stalls is given up, and its application told`, async () => {
      using client = await RawClient.open(world.trafficPort);
      await client.send(post([`Content-Length: ${length}`], "begun", `/shop/stalls-${length}`));
      assert.deepEqual(await refused(client), [[408, "Timer_EntityBody"]]);
      const seen = worker.application.runs.find(({ target }) => target.endsWith(`-${length}`));
      await until("the application is told", () => seen?.cancelled);
    });

  test("a body that keeps coming may take longer than the limit", async () => {
    using client = await RawClient.open(world.trafficPort);
    await client.send(post(["Content-Length: 8"]));
    for (const byte of "in time!") {
      await client.send(byte);
      await pause(300);
    }
    const [answer] = await client.untilAnswers(1);
    assert.equal(answer?.status, 200);
  });

  test("a request may run for longer than any limit", async () => {
    using client = await RawClient.open(world.trafficPort);
    await client.send(get("/shop/held"));
    await pause(3000);
    const run = worker.application.runs.find(({ target }) => target === "/shop/held");
    assert.equal(run?.cancelled, false);
    await answerWhenComplete(run);
    const [answer] = await client.untilAnswers(1);
    assert.equal(answer?.status, 200);
  });

  test("an upgraded connection may be silent for longer than any limit", async () => {
    using client = await RawClient.open(world.trafficPort);
    await client.send(get("/shop/held/tunnel", "Connection: Upgrade", "Upgrade: own/1"));
    await until("the application has it", () => worker.application.runs.some(isTunnel));
    const run = worker.application.runs.find(isTunnel);
    assert(run);
    const head = { status: 101, statusMessage: "Changed", rawHeaders: ["Upgrade", "own/1"] };
    run.exchange.respond(head, undefined, false);
    await until("it is open", () => client.received.startsWith("HTTP/1.1 101 "));
    await pause(3000);
    assert.deepEqual([client.ended, client.closed, run.cancelled], [false, false, false]);
    await client.send("still there?");
    await until("it was heard", () => run.received.toString() === "still there?");
    run.exchange.write(Buffer.from("yes"));
    run.exchange.end([]);
    await until("its end came", () => client.ended);
    assert(client.received.endsWith("yes"));
  });

  test("an early answer reaches a client that goes on sending, and the rest is read for a while only", async () => {
    using client = await RawClient.open(world.trafficPort);
    await client.send(post(["Content-Length: 99999999"], "a".repeat(100_000), "/shop/early"));
    await until("the answer is there", () => client.received.includes("\r\n\r\n"));
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
    await until("the connection is gone", async () => {
      if (!client.closed) await client.send("a".repeat(1000));
      return client.closed;
    });
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
  });

  test("a client that reads nothing is cut off, and one that reads gets everything", async () => {
    using idle = await RawClient.open(world.trafficPort);
    idle.socket.pause();
    await idle.send(get("/shop/large/unread"));
    using reader = await RawClient.open(world.trafficPort);
    await reader.send(get("/shop/large/read"));
    await until("the reader has it", () => reader.received.length > 8_000_000);
    await until(
      "the other was given up",
      async () => (await world.timeouts("Timer_MinBytesPerSecond", "shop")) === 1,
    );
    idle.socket.resume();
    await until("its connection is gone", () => idle.ended || idle.closed);
    assert(idle.received.length < 8_000_000);
  });
});
