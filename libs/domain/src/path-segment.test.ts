import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSegment, isControl } from "./path-segment.ts";

test("escapes are decoded as UTF-8", () => {
  assert.equal(decodeSegment("plain"), "plain");
  assert.equal(decodeSegment(""), "");
  assert.equal(decodeSegment("base%20path"), "base path");
  assert.equal(decodeSegment("%c3%a9%E8%91%89%F0%9F%98%80!"), "é葉😀!");
  assert.equal(decodeSegment("%2e%2E"), "..");
  assert.equal(decodeSegment("%EF%BF%BF%F4%8F%BF%BF"), "\u{ffff}\u{10ffff}");
});

test("an escaped slash stays escaped, and decoding happens once", () => {
  assert.equal(decodeSegment("a%2Fb%2fc"), "a%2Fb%2fc");
  assert.equal(decodeSegment("%252F"), "%2F");
});

test("bytes that are not UTF-8 stay as they were sent", () => {
  const kept = [
    ["%E1", "caf%E9s", "%C3", "%C3x"],
    ["%80", "%C0%AF", "%C1%BF", "%E0%80%AF", "%E0%81%81", "%F0%80%80%AF", "%F0%82%82%AC"],
    ["%ED%A0%80", "%F4%90%80%80", "%F5%80%80%80", "%FF", "%E8%91"],
  ].flat();
  for (const segment of kept) assert.equal(decodeSegment(segment), segment, segment);
  assert.equal(decodeSegment("%C3%41"), "%C3A");
});

test("an escape needs two hexadecimal digits", () => {
  for (const segment of ["%", "100%", "%2", "%g0", "%0g", "%u0041", "%E8%zz", "%%"]) {
    assert.equal(decodeSegment(segment), undefined, segment);
  }
});

test("an escape may not hide a control character", () => {
  for (const segment of ["%00", "%1F", "%7f", "%C2%80", "%C2%9F"]) {
    assert.equal(decodeSegment(segment), undefined, segment);
  }
  assert.equal(decodeSegment("%C2%A0"), "\u{a0}");
  assert.ok(isControl(0) && isControl(0x9f) && !isControl(0x20) && !isControl(-1));
});
