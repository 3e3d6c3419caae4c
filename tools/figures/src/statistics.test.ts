import assert from "node:assert/strict";
import { test } from "node:test";
import { median, percentile, rotated, total } from "./statistics.ts";

test("the median is the middle value by size, or the mean of the two", () => {
  assert.equal(median([10, 9, 100]), 10);
  assert.equal(median([4, 1, 2, 100]), 3);
  assert.equal(median([7]), 7);
  assert.ok(Number.isNaN(median([])));
});

test("a percentile is one of the values", () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);
  assert.equal(percentile(values, 0.9), 18);
  assert.equal(percentile(values, 0), 1);
  assert.equal(percentile(values, 1), 20);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

test("the total of nothing is zero", () => {
  assert.equal(total([]), 0);
  assert.equal(total([1, 2, 3]), 6);
});

test("in as many rounds as there are items, each takes each place once", () => {
  const rounds = [0, 1, 2].map((round) => rotated(["a", "b", "c"], round).join(""));
  assert.deepEqual(rounds, ["abc", "bca", "cab"]);
  assert.deepEqual(rotated(["a", "b", "c"], 4), ["b", "c", "a"]);
  assert.deepEqual(rotated([], 1), []);
});
