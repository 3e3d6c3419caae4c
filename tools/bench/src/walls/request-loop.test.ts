import assert from "node:assert/strict";
import { test } from "node:test";
import { PoolQueue } from "@penstock/request-queue";
import type { MeasuredExchange } from "./measured-exchange.ts";
import { measuredPool, routeTo } from "./measured-pool.ts";
import { answer } from "./request-kind.ts";
import { RequestLoop } from "./request-loop.ts";

const turn = (): Promise<void> => Promise.resolve();

/** A loop whose requests are answered by hand. */
function loopByHand() {
  const asked: MeasuredExchange[] = [];
  const pool = new PoolQueue(routeTo(measuredPool(4)));
  const loop = new RequestLoop({
    dispatcher: { dispatch: (exchange) => void asked.push(exchange) },
    requests: { pool, repeatable: true, headText: "" },
  });
  const answerNext = (body: Buffer = answer.body) =>
    asked.shift()?.answer(answer.status, [answer.statusMessage], body, true);
  return { loop, asked, answerNext };
}

test("an answered request is followed by the next one, as long as the loop runs", async () => {
  const { loop, asked, answerNext } = loopByHand();
  const first = loop.begin(3);
  assert.equal(asked.length, 3);
  answerNext();
  answerNext();
  await first;
  assert.equal(asked.length, 3);
  loop.stop();
  answerNext();
  await turn();
  assert.equal(asked.length, 2);
  assert.equal(loop.result().requests, 3);
});

test("only answers after counting anew are counted, and whatever went wrong", async () => {
  const { loop, asked, answerNext } = loopByHand();
  const first = loop.begin(2);
  answerNext();
  await first;
  asked.shift()?.cut();
  loop.countAnew();
  assert.equal(loop.result().requests, 0);
  assert.equal(loop.result().broken, 1);
  answerNext();
  const { requests, p50Ms, maxMs } = loop.result();
  assert.equal(requests, 1);
  assert.ok(p50Ms >= 0 && p50Ms === maxMs);
});

test("another answer, a refusal and a broken answer are told apart from answers", async () => {
  const { loop, asked, answerNext } = loopByHand();
  const first = loop.begin(4);
  answerNext();
  await first;
  answerNext(Buffer.from("short"));
  asked.shift()?.refuse("QueueFull", "no room");
  asked.shift()?.cut();
  loop.disturbed("sent out again");
  await turn();
  const { requests, non2xx, broken } = loop.result();
  assert.deepEqual({ requests, non2xx, broken }, { requests: 1, non2xx: 1, broken: 3 });
  assert.deepEqual(loop.faults, [
    "status 200, 5 bytes",
    "QueueFull no room",
    "cut off",
    "sent out again",
  ]);
  // Their places stay empty.
  assert.equal(asked.length, 1);
});

test("a first request that is refused is told at once", async () => {
  const { loop, asked } = loopByHand();
  const first = loop.begin(2);
  asked.shift()?.refuse("QueueUnavailable", "the pool has no queue");
  await assert.rejects(first, /QueueUnavailable the pool has no queue/);
});
