import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { reasons } from "@penstock/domain";
import type { RecordedRun } from "@penstock/request-queue/testing";
import type { HonestWorker } from "../test-support/honest-worker.ts";
import { ListenerWorld } from "../test-support/listener-world.ts";
import { RawClient } from "../test-support/raw-client.ts";
import { chunks } from "./chunks.ts";
import { answerWhenComplete } from "./complete-answer.ts";
import { framing } from "./framing.ts";
import { lines } from "./lines.ts";
import type { RawRequest } from "./raw-request.ts";

const corpus = [...framing, ...chunks, ...lines];

suite("a corpus of raw requests", () => {
  let world: ListenerWorld;
  let worker: HonestWorker;

  before(async () => {
    world = await ListenerWorld.start();
    worker = await world.honest("shop");
    worker.application.behave = (run) => void answerWhenComplete(run);
  });
  after(async () => {
    await worker[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  for (const request of corpus) {
    const outcome = request.refused ?? "is served";
    test(`${request.name} (${request.section}): ${outcome}`, async () => {
      const { runs } = worker.application;
      runs.length = 0;
      using client = await RawClient.open(world.trafficPort);
      await client.send(request.text);
      const answers = request.refused
        ? await client.untilEnded()
        : await client.untilAnswers(request.served.length);

      const served = answers.slice(0, request.served.length);
      assert.deepEqual(
        served.map(({ status, body }) => [status, body]),
        request.served.map((target) => [200, target]),
      );
      // Answers come in order; what is pipelined runs side by side.
      assert.deepEqual(
        runs.map(({ target }) => target).sort(),
        [...request.served].sort(),
        "nobody else's request reached the application",
      );
      assertRefused(request, answers.slice(request.served.length));
      for (const fact of request.seen ?? []) assert(factsOf(runs.at(-1)).includes(fact), fact);
    });
  }

  test("an upgrade that is ignored is its connection's last request, whatever comes later", async () => {
    using client = await RawClient.open(world.trafficPort);
    const { runs } = worker.application;
    runs.length = 0;
    await client.send(
      "GET /shop/1 HTTP/1.1\r\nHost: shop.test\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" +
        "POST /shop/2 HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100\r\n\r\n",
    );
    await client.send("GET /shop/evil HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    const answers = await client.untilEnded();
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body]),
      [[200, "/shop/1"]],
    );
    assert.deepEqual(
      runs.map(({ target }) => target),
      ["/shop/1"],
    );
  });

  test("the application got the honest requests and no other, and each refusal is counted", async () => {
    // The one of the test above, too.
    const served = corpus.reduce((sum, request) => sum + request.served.length, 1);
    assert.equal(await world.count("claimed"), served);
    assert.equal(await world.count("in flight"), 0);
    for (const [reason, refused] of Map.groupBy(corpus, (request) => request.refused)) {
      if (reason === undefined) continue;
      assert.equal(await world.refused(reason), refused.length, reason);
    }
  });
});

/** Exactly one refusal with its reason as the connection's last words, or none. */
function assertRefused(
  { refused }: RawRequest,
  rest: readonly { status: number; body: string; fields: readonly string[] }[],
): void {
  if (!refused) return assert.deepEqual(rest, []);
  assert.deepEqual(
    rest.map(({ status, body }) => [status, (JSON.parse(body) as { reason: string }).reason]),
    [[reasons[refused].status, refused]],
  );
  assert.match(rest[0]?.fields.join("\n") ?? "", /^Connection: close$/m);
  assert.match(rest[0]?.fields.join("\n") ?? "", /^Content-Type: application\/problem\+json$/m);
}

function factsOf(run: RecordedRun | undefined): readonly string[] {
  if (!run) return [];
  const { rawHeaders } = run.exchange.head;
  const fields = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [`${name}=${rawHeaders[i + 1]}`] : [],
  );
  return [...fields, `body=${run.received.toString("latin1")}`, `trailers=${run.trailers.join()}`];
}
