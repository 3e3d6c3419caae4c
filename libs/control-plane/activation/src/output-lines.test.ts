import assert from "node:assert/strict";
import { test } from "node:test";
import { outputLineLengthMax } from "./worker-runtime.ts";
import { OutputLines } from "./output-lines.ts";

function linesOf(...blocks: readonly (string | Buffer)[]): string[] {
  const told: string[] = [];
  const lines = new OutputLines((line) => told.push(line));
  for (const block of blocks) lines.push(Buffer.from(block));
  lines.end();
  return told;
}

test("lines end with LF or CR LF, wherever the blocks are cut", () => {
  assert.deepEqual(linesOf("one\r\ntwo\n\nfo", "ur\r", "\nfive"), [
    "one",
    "two",
    "",
    "four",
    "five",
  ]);
});

test("a character that two blocks share is whole", () => {
  const bytes = Buffer.from("grüße 日本 😀\n");
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(linesOf(bytes.subarray(0, cut), bytes.subarray(cut)), ["grüße 日本 😀"]);
  }
});

test("an overlong line comes in pieces that give it whole again", () => {
  for (const character of ["x", "ü", "日", "😀"]) {
    const text = character.repeat(outputLineLengthMax * 3 + 1);
    const bytes = Buffer.from(`${text}\nnext\n`);
    const blocks = [];
    for (let from = 0; from < bytes.length; from += 65_536) {
      blocks.push(bytes.subarray(from, from + 65_536));
    }
    const told = linesOf(...blocks);
    assert.equal(told.pop(), "next");
    assert.equal(told.join(""), text);
    assert.ok(told.every((piece) => piece.length <= outputLineLengthMax && piece.length > 0));
    assert.ok(told.every((piece) => !piece.includes("\uFFFD")));
  }
});

test("a stream without line ends does not pile up", () => {
  const told: string[] = [];
  const lines = new OutputLines((line) => told.push(line));
  for (let blocks = 0; blocks < 100; blocks++) lines.push(Buffer.alloc(65_536, "x"));
  assert.ok(lines.pendingBytes <= outputLineLengthMax * 3);
  lines.end();
  assert.equal(told.join("").length, 100 * 65_536);
});

test("bytes that are no UTF-8 are told with a mark in their place, and end", () => {
  const [first = "", ...rest] = linesOf(Buffer.from([0x61, 0xff, 0x0a]));
  assert.equal(first, "a\uFFFD");
  assert.deepEqual(rest, []);
  assert.ok(linesOf(Buffer.alloc(200_000, 0x80)).length > 1);
});
