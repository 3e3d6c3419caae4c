import assert from "node:assert/strict";
import test from "node:test";
import { answerFields, trailerFields } from "./answer-fields.ts";

const told = (...fields: readonly string[]) => answerFields(["OK", ...fields]);

test("fields keep their order, case and duplicates", () => {
  const fields = ["X-b", "1", "Set-Cookie", "a=1", "x-A", "2", "Set-Cookie", "b=2"];
  assert.deepEqual(told(...fields), { fields, contentLength: -1 });
});

test("what would steer the client's connection or its framing goes", () => {
  const steering = ["Connection", "Keep-Alive", "Upgrade", "Transfer-Encoding", "Proxy-Connection"];
  for (const name of [...steering, ...steering.map((each) => each.toLowerCase())])
    assert.deepEqual(told(name, "anything", "X-Kept", "1")?.fields, ["X-Kept", "1"], name);
});

test("a declared length is told and kept", () => {
  const answer = told("content-length", "12");
  assert.deepEqual(answer, { fields: ["content-length", "12"], contentLength: 12 });
});

test("two lengths, or one that is no number, contradict the answer", () => {
  assert.equal(told("Content-Length", "1", "content-length", "1"), undefined);
  for (const value of ["", "-1", "1.5", "0x10", "1e3", " 1", "9".repeat(16)])
    assert.equal(told("Content-Length", value), undefined, value);
});

test("a name without its value is refused", () => {
  assert.equal(answerFields(["OK", "X-Lost"]), undefined);
  assert.equal(answerFields([]), undefined);
});

test("a header of more than 256 KiB is refused, however it is cut into fields", () => {
  const most = 256 * 1024 - "OK".length;
  const longest = "v".repeat(most - "X-Long".length - 2);
  assert.ok(told("X-Long", longest));
  assert.equal(told("X-Long", `${longest}v`), undefined);
  const many = Array.from({ length: 100_000 }, () => ["a", ""]).flat();
  assert.equal(answerFields(["OK", ...many]), undefined);
});

test("trailers that frame a message, or come in excess, are left out", () => {
  assert.deepEqual(trailerFields(["X-Sum", "1", "Transfer-Encoding", "chunked", "x-other", "2"]), [
    ["X-Sum", "1"],
    ["x-other", "2"],
  ]);
  for (const name of ["content-length", "Content-Length", "Connection", "Host", "Set-Cookie"])
    assert.deepEqual(trailerFields([name, "1"]), [], name);
  assert.deepEqual(trailerFields(["X-Lost"]), []);
  assert.deepEqual(trailerFields(["X-Long", "v".repeat(256 * 1024)]), []);
});
