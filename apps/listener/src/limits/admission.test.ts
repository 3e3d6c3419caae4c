import assert from "node:assert/strict";
import { test } from "node:test";
import { httpSysUrlGroup, type UrlGroupLimits } from "@penstock/domain";
import { answerWhenComplete } from "../raw-requests/complete-answer.ts";
import { chunked, get, message, post } from "../raw-requests/raw-request.ts";
import type { HonestWorker } from "../test-support/honest-worker.ts";
import { ListenerWorld, until } from "../test-support/listener-world.ts";
import { RawClient, type RawAnswer } from "../test-support/raw-client.ts";

interface Scene {
  readonly world: ListenerWorld;
  readonly worker: HonestWorker;
  readonly open: () => Promise<RawClient>;
}

async function withLimits(
  limits: Partial<UrlGroupLimits>,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using world = await ListenerWorld.start({ limits });
  await using worker = await world.honest("shop", 8);
  worker.application.behave = (run) => void answerWhenComplete(run);
  await body({ world, worker, open: () => RawClient.open(world.trafficPort) });
}

const reasonOf = (answer: RawAnswer | undefined): unknown =>
  answer && [answer.status, (JSON.parse(answer.body) as { reason: string }).reason];

test("one connection more than a URL group may have is refused with ConnLimit, until one ends", () =>
  withLimits({ maxConnections: 2 }, async ({ world, open }) => {
    using first = await open();
    using second = await open();
    for (const client of [first, second]) {
      for (const n of [1, 2]) {
        await client.send(get(`/shop/${n}`));
        const answers = await client.untilAnswers(n);
        assert.equal(answers.at(-1)?.status, 200);
      }
    }
    using third = await open();
    await third.send(get("/shop/3"));
    const [refusal] = await third.untilEnded();
    assert.deepEqual(reasonOf(refusal), [503, "ConnLimit"]);
    assert(refusal?.fields.includes("Connection: close"));
    assert.equal(await world.rejections("ConnLimit", "shop"), 1);

    // A connection counts for the group of its last request.
    await first.send(get("/blog/"));
    await until("a place is free", async () => {
      using attempt = await open();
      await attempt.send(get("/shop/4"));
      const [answer] = await attempt.untilAnswers(1);
      return answer?.status === 200;
    });
  }));

test("an upgraded connection counts for as long as it lives", () =>
  withLimits({ maxConnections: 1 }, async ({ worker, open }) => {
    worker.application.behave = (run) => {
      const head = { status: 101, statusMessage: "Changed", rawHeaders: ["Upgrade", "own/1"] };
      if (run.exchange.upgrade) run.exchange.respond(head, undefined, false);
      else void answerWhenComplete(run);
    };
    using tunnel = await open();
    await tunnel.send(get("/shop/", "Connection: Upgrade", "Upgrade: own/1"));
    await until("it is open", () => tunnel.received.startsWith("HTTP/1.1 101 "));
    using other = await open();
    await other.send(get("/shop/", "Connection: Upgrade", "Upgrade: own/1"));
    const [refusal] = await other.untilEnded();
    assert.deepEqual(reasonOf(refusal), [503, "ConnLimit"]);
    tunnel.socket.resetAndDestroy();
    await until("a place is free", async () => {
      using attempt = await open();
      await attempt.send(get("/shop/"));
      const [answer] = await attempt.untilAnswers(1);
      return answer?.status === 200;
    });
  }));

test("a declared body beyond the limit is refused before anybody gets any of it", () =>
  withLimits({ maxRequestBodyBytes: 10 }, async ({ worker, open }) => {
    using client = await open();
    await client.send(post(["Content-Length: 10"], "0123456789"));
    assert.equal((await client.untilAnswers(1))[0]?.status, 200);
    await client.send(post(["Content-Length: 11"]));
    const answers = await client.untilEnded();
    assert.deepEqual(reasonOf(answers[1]), [413, "EntityTooLarge"]);
    assert.equal(worker.application.runs.length, 1);
  }));

test("a chunked body is refused when it has become too large", () =>
  withLimits({ maxRequestBodyBytes: 10 }, async ({ world, worker, open }) => {
    using whole = await open();
    await whole.send(chunked("b\r\n01234567890\r\n0\r\n\r\n"));
    assert.deepEqual(reasonOf((await whole.untilEnded())[0]), [413, "EntityTooLarge"]);
    assert.deepEqual(worker.application.runs, []);

    using coming = await open();
    await coming.send(chunked("5\r\n01234\r\n"));
    await until("it runs", () => worker.application.runs.length === 1);
    await coming.send("6\r\n567890\r\n");
    assert.deepEqual(reasonOf((await coming.untilEnded())[0]), [413, "EntityTooLarge"]);
    await until("its application was told", () => worker.application.runs[0]?.cancelled);
    assert.equal(await world.rejections("EntityTooLarge", "shop"), 2);
  }));

test("a header that no message of the broker holds is refused at once, and nobody else notices", async () => {
  const settings = { maxRequestBytes: 16_777_216, maxFieldLength: 0 };
  await using world = await ListenerWorld.start({ settings });
  await using worker = await world.honest("shop", 8);
  worker.application.behave = (run) => void answerWhenComplete(run);
  using client = await RawClient.open(world.trafficPort);
  for (const method of ["GET", "POST"]) {
    using large = await RawClient.open(world.trafficPort);
    const field = `X-Large: ${"a".repeat(9_000_000)}`;
    await large.send(message(`${method} /shop/large HTTP/1.1`, ["Host: shop.test", field]));
    await client.send(get("/shop/other"));
    const [refusal] = await large.untilAnswers(1);
    assert.deepEqual(reasonOf(refusal), [431, "FieldLength"]);
    assert.match(refusal?.body ?? "", /larger than the broker takes/);
  }
  const answers = await client.untilAnswers(2);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  assert.equal(worker.application.runs.length, 2);
});

test("a URL group's answers share its bandwidth", () =>
  withLimits({ maxBandwidth: 200_000 }, async ({ worker, open }) => {
    const body = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 7) % 251));
    worker.application.behave = (run) => {
      const rawHeaders = ["Content-Length", String(body.length)];
      run.exchange.respond({ status: 200, statusMessage: "OK", rawHeaders }, body, true);
    };
    using first = await open();
    using second = await open();
    const began = performance.now();
    await Promise.all([first.send(get("/shop/1")), second.send(get("/shop/2"))]);
    const answers = await Promise.all([first.untilAnswers(1), second.untilAnswers(1)]);
    // 200,000 bytes at 200,000 a second; at the start both may be sent what is left of a turn.
    assert(performance.now() - began > 800);
    for (const [answer] of answers) assert.equal(answer?.body, body.toString("latin1"));
    // The connection is kept, and in step.
    await first.send(get("/shop/3"));
    assert.equal((await first.untilAnswers(2)).length, 2);
  }));

test("requests of a URL group that is switched off are refused with Disabled", () =>
  withLimits({ enabled: false }, async ({ worker, open }) => {
    using client = await open();
    await client.send(get("/shop/1") + get("/shop/2"));
    const answers = await client.untilAnswers(2);
    assert.deepEqual(answers.map(reasonOf), [
      [503, "Disabled"],
      [503, "Disabled"],
    ]);
    assert.deepEqual(worker.application.runs, []);
  }));

test("a request that waits for longer than its URL group allows is refused with Timer_ReqQueue", async () => {
  const timeouts = { ...httpSysUrlGroup.timeouts, requestQueueMs: 500 };
  await using world = await ListenerWorld.start({ limits: { timeouts } });
  using client = await RawClient.open(world.trafficPort);
  await client.send(get("/shop/1"));
  const [answer] = await client.untilAnswers(1);
  assert.deepEqual(reasonOf(answer), [503, "Timer_ReqQueue"]);
  assert.match(answer?.body ?? "", /within 0\.5 s \(requestQueue of URL group/);
});
