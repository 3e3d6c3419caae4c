import assert from "node:assert/strict";
import test from "node:test";
import { fieldsFault, httpSysLimits, targetFault } from "./request-limits.ts";

const segments = (count: number) => "/a".repeat(count);

const targets: readonly (readonly [what: string, target: string, reason: string | undefined])[] = [
  ["an everyday target", "/shop/cart?item=1", undefined],
  ["a segment of 260 characters", `/${"a".repeat(260)}/b`, undefined],
  ["one more", `/${"a".repeat(261)}/b`, "URL_Length"],
  ["one more, at the end", `/b/${"a".repeat(261)}`, "URL_Length"],
  ["one more, before a query", `/b/${"a".repeat(261)}?c`, "URL_Length"],
  ["a long query", `/b?${"a/".repeat(2000)}`, undefined],
  ["255 segments", segments(255), undefined],
  ["256 segments", segments(256), "URL_Length"],
];

for (const [what, target, reason] of targets) {
  test(`${what}: ${reason ?? "passes"}`, () => {
    assert.equal(targetFault(target, httpSysLimits), reason);
  });
}

test("without limits everything passes", () => {
  const limits = { ...httpSysLimits, urlSegmentMaxLength: 0, urlSegmentMaxCount: 0, maxFields: 0 };
  assert.equal(targetFault(`/${"a".repeat(9999)}${segments(999)}`, limits), undefined);
  assert.equal(fieldsFault(Array<string>(9998).fill("a"), limits), undefined);
});

test("too many fields, or one that is too long, are FieldLength", () => {
  const limits = { ...httpSysLimits, maxFields: 2, maxFieldLength: 64 };
  assert.equal(fieldsFault(["a", "b", "c", "d"], limits), undefined);
  assert.equal(fieldsFault(["a", "b", "c", "d", "e", "f"], limits), "FieldLength");
  assert.equal(fieldsFault(["name", "v".repeat(60)], limits), undefined);
  assert.equal(fieldsFault(["name", "v".repeat(61)], limits), "FieldLength");
});
