// Bodies whose clients take their time: the application is asked before they are whole, nobody holds a request with
// a byte now and then, and no client pays for an application that reads slowly.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { httpSysUrlGroup } from "@penstock/domain";
import type { RecordedRun } from "@penstock/request-queue/testing";
import { answerWhenComplete } from "../raw-requests/complete-answer.ts";
import { message, post } from "../raw-requests/raw-request.ts";
import type { HonestWorker } from "../test-support/honest-worker.ts";
import { ListenerWorld, until } from "../test-support/listener-world.ts";
import { RawClient } from "../test-support/raw-client.ts";

const OK = { status: 200, statusMessage: "OK", rawHeaders: ["Content-Length", "0"] };

async function firstRun(worker: HonestWorker): Promise<RecordedRun> {
  await until("the application has it", () => worker.application.runs.length > 0);
  const [run] = worker.application.runs;
  assert(run);
  return run;
}

/** One second in hand, and the rate of Kestrel. */
const timeouts = { ...httpSysUrlGroup.timeouts, entityBodyMs: 1000 };

suite("slow bodies", { concurrency: 4 }, () => {
  test("an application answers before a small body has come", async () => {
    await using world = await ListenerWorld.start();
    await using worker = await world.honest("shop");
    using client = await RawClient.open(world.trafficPort);
    await client.send(post(["Content-Length: 10"], "begun"));
    const run = await firstRun(worker);
    assert.deepEqual([run.received.toString(), run.bodyComplete], ["begun", false]);
    const head = { ...OK, status: 401, statusMessage: "Unauthorized" };
    run.exchange.respond(head, undefined, true);
    const [answer] = await client.untilEnded();
    assert.deepEqual([answer?.status, answer?.fields.includes("Connection: close")], [401, true]);
  });

  test("a small body that comes slowly reaches its application whole, and its connection is kept", async () => {
    await using world = await ListenerWorld.start();
    await using worker = await world.honest("shop");
    worker.application.behave = (run) => void answerWhenComplete(run);
    using client = await RawClient.open(world.trafficPort);
    await client.send(post(["Content-Length: 26"]));
    for (const letter of "abcdefghijklmnopqrstuvwxyz") {
      await client.send(letter);
      await pause(8);
    }
    await client.untilAnswers(1);
    await client.send(post(["Content-Length: 6"], "at once"));
    await client.untilAnswers(2);
    const [slow, atOnce] = worker.application.runs;
    assert.equal(slow?.received.toString(), "abcdefghijklmnopqrstuvwxyz");
    assert.equal(slow.exchange.bodyComplete, false);
    // What is here with its head goes in one piece, with nothing to follow.
    assert.deepEqual(
      [atOnce?.received.toString(), atOnce?.exchange.bodyComplete],
      ["at onc", true],
    );
  });

  test("with its worker lost in the middle of a small body, a repeatable request goes to the next one whole", async () => {
    await using world = await ListenerWorld.start();
    using client = await RawClient.open(world.trafficPort);
    {
      await using lost = await world.honest("shop");
      const request = ["Host: shop.test", "Content-Length: 15"];
      await client.send(message("PUT /shop/put HTTP/1.1", request, "first"));
      const run = await firstRun(lost);
      await client.send("second");
      await until("it has more", () => run.received.toString() === "firstsecond");
    }
    await client.send("next");
    await using worker = await world.honest("shop");
    worker.application.behave = (run) => void answerWhenComplete(run);
    const [answer] = await client.untilAnswers(1);
    assert.deepEqual([answer?.status, answer?.body], [200, "/shop/put"]);
    assert.equal((await firstRun(worker)).received.toString(), "firstsecondnext");
  });

  test("a client that leaves in the middle of its message is no bad request", async () => {
    await using world = await ListenerWorld.start();
    await using worker = await world.honest("shop", 4);
    const counted = async (): Promise<readonly number[]> => [
      await world.rejections("Client_Reset", ""),
      await world.rejections("Client_Reset", "shop"),
      await world.rejections("BadRequest", "shop"),
      await world.rejections("BadRequest", ""),
    ];
    const leave = async (text: string, expected: readonly number[]): Promise<void> => {
      using client = await RawClient.open(world.trafficPort);
      await client.send(text);
      if (expected[1]) await until("it runs", () => worker.application.runs.length === expected[1]);
      client.socket.end();
      assert.deepEqual(await client.untilEnded(), []);
      await until("it is counted", async () => (await counted()).join() === expected.join());
    };
    await leave("GET /shop/half HTTP/1.1\r\nHost: sh", [1, 0, 0, 0]);
    await leave(post(["Content-Length: 10"], "half"), [1, 1, 0, 0]);
    await leave(post(["Content-Length: 100000"], "half"), [1, 2, 0, 0]);
    await leave(post(["Transfer-Encoding: chunked"], "4\r\nhalf\r\n"), [1, 3, 0, 0]);
    await until("all applications were told", () =>
      worker.application.runs.every(({ cancelled }) => cancelled),
    );
  });

  for (const length of [1000, 1_000_000])
    test(`a body of ${length} bytes that comes byte by byte is cut off`, async () => {
      await using world = await ListenerWorld.start({ limits: { timeouts } });
      await using worker = await world.honest("shop");
      using client = await RawClient.open(world.trafficPort);
      await client.send(post([`Content-Length: ${length}`]));
      for (let n = 0; n < 200 && !client.ended; n++) {
        await client.send("x");
        await pause(50);
      }
      const [answer] = await client.untilEnded();
      assert.equal(answer?.status, 408);
      assert.match(answer.body, /"detail":"[^"]*slower than 240 B\/s[^"]*".*"Timer_EntityBody"/);
      await until("its application was told", () => worker.application.runs[0]?.cancelled);
      assert.equal(await world.timeouts("Timer_EntityBody", "shop"), 1);
    });

  test("with its answer begun, a body that comes byte by byte has its connection cut", async () => {
    await using world = await ListenerWorld.start({ limits: { timeouts } });
    await using worker = await world.honest("shop");
    worker.application.behave = (run) => run.begin(Buffer.from("begun"));
    using client = await RawClient.open(world.trafficPort);
    await client.send(post(["Transfer-Encoding: chunked"]));
    for (let n = 0; n < 200 && !client.closed; n++) {
      await client.send("1\r\nx\r\n");
      await pause(50);
    }
    assert.match(client.received, /^HTTP\/1\.1 200 /);
    await until("its application was told", () => worker.application.runs[0]?.cancelled);
    assert.equal(await world.timeouts("Timer_EntityBody", "shop"), 1);
    assert.equal(await world.rejections("Client_Reset", "shop"), 0, "the client did not leave");
  });

  test("a client waits for as long as its application does not read, and for its word to go on", async () => {
    await using world = await ListenerWorld.start({ limits: { timeouts } });
    await using worker = await world.honest("shop", 2);
    worker.application.behave = (run) => {
      run.greedy = false;
    };
    const body = "x".repeat(4_000_000);
    using sender = await RawClient.open(world.trafficPort);
    const sending = sender.send(post([`Content-Length: ${body.length}`], body));
    using polite = await RawClient.open(world.trafficPort);
    await polite.send(post(["Content-Length: 2", "Expect: 100-continue"]));
    await until("both run", () => worker.application.runs.length === 2);
    await pause(3500);
    const [upload, asking] = worker.application.runs;
    assert(upload && asking);
    assert.deepEqual([upload.cancelled, asking.cancelled], [false, false]);
    assert(upload.received.length < body.length, "the application was not given all");

    asking.exchange.interim(100, []);
    await until("it may go on", () => polite.received.startsWith("HTTP/1.1 100 "));
    await polite.send("ok");
    await until("it is here", () => asking.bodyComplete);
    const reads = setInterval(() => upload.consume(), 20);
    await until("all of it came", () => upload.bodyComplete);
    clearInterval(reads);
    for (const run of [upload, asking]) run.exchange.respond(OK, undefined, true);
    assert.equal((await sender.untilAnswers(1))[0]?.status, 200);
    assert.equal((await polite.untilAnswers(1))[0]?.status, 200);
    await sending;
    assert.equal(await world.timeouts("Timer_EntityBody", "shop"), 0);
  });
});
