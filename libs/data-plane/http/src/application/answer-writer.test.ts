import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerWriter } from "./answer-writer.ts";
import { RecordingExchange } from "./recording-exchange.ts";

const head = { status: 200, statusMessage: "OK", rawHeaders: [] };

function writerOf(answerWindow = Number.POSITIVE_INFINITY): [AnswerWriter, RecordingExchange] {
  const exchange = new RecordingExchange({ answerWindow });
  const writer = new AnswerWriter(exchange);
  exchange.receiver = { body() {}, bodyEnd() {}, window: () => writer.window(), cancel() {} };
  return [writer, exchange];
}

function bytes(size: number): Uint8Array {
  return new Uint8Array(size);
}

test("small pieces are joined, a large one is cut into steps of 128 KiB", () => {
  const [writer, exchange] = writerOf();
  writer.start(head);
  writer.send([bytes(10), bytes(20)]);
  writer.send([bytes(200_000), bytes(1), bytes(2)]);
  assert.deepEqual(exchange.calls, ["respond 200 30", "write 131072", "write 68931"]);
});

test("what is complete with its head is one whole message", () => {
  const [writer, exchange] = writerOf();
  writer.start(head);
  writer.finish([]);
  writer.send([bytes(10)]);
  assert.deepEqual(exchange.calls, ["respond 200 10 end"]);
  assert.equal(writer.over, true);
});

test("trailers need an end of their own", () => {
  const [writer, exchange] = writerOf();
  writer.start(head);
  writer.finish(["X", "1"]);
  writer.send([bytes(10)]);
  assert.deepEqual(exchange.calls, ["respond 200 10", "end"]);
  assert.deepEqual(exchange.trailers, ["X", "1"]);
});

test("a closed window holds everything back, and sent is told after it opened", () => {
  const [writer, exchange] = writerOf(5);
  const sent: string[] = [];
  writer.start(head);
  writer.send([], () => sent.push("head"));
  writer.send([bytes(10)], () => sent.push("body"));
  assert.deepEqual(sent, ["head"]);
  exchange.openWindow(1);
  assert.deepEqual(sent, ["head", "body"]);
  writer.send([bytes(10)]);
  writer.finish([]);
  writer.send([bytes(3)]);
  assert.deepEqual(exchange.calls, ["respond 200 0", "write 10", "write 10"]);
  exchange.openWindow(100);
  assert.deepEqual(exchange.calls.slice(3), ["write 3", "end"]);
});

test("an end that is held back goes out when it is released", () => {
  const [writer, exchange] = writerOf();
  writer.start(head);
  writer.finish([], true);
  writer.send([bytes(1)]);
  assert.deepEqual([exchange.calls, writer.over], [["respond 200 1"], false]);
  writer.releaseEnd();
  assert.deepEqual([exchange.calls.at(-1), writer.over], ["end", true]);
});

test("after a reset or a cancel nothing goes out", () => {
  for (const stop of [
    (writer: AnswerWriter) => writer.reset("x"),
    (writer: AnswerWriter) => writer.cancel(),
  ]) {
    const [writer, exchange] = writerOf();
    writer.start(head);
    stop(writer);
    writer.send([bytes(1)]);
    writer.releaseEnd();
    writer.reset("again");
    assert.ok(exchange.calls.length <= 1);
    assert.equal(exchange.response, undefined);
  }
});
