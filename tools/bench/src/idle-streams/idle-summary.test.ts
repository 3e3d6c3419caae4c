import assert from "node:assert/strict";
import { test } from "node:test";
import type { IdleSample } from "./idle-streams.ts";
import { summarizeIdleStreams } from "./idle-summary.ts";

const sample: IdleSample = {
  target: "penstock",
  asked: 100,
  open: 100,
  reached: 100,
  broken: 0,
  openingMs: 1000,
  reachingMs: 10,
  before: { listener: { rss: 1_000_000, pss: 500_000 }, worker: { rss: 1_000_000, pss: 500_000 } },
  held: {
    listener: { rss: 3_000_000, pss: 2_500_000 },
    worker: { rss: 2_000_000, pss: 1_500_000 },
  },
  idleCpu: { listener: 500 },
};

test("a stream costs what its parts have more than before", () => {
  const [row] = summarizeIdleStreams([sample]);
  assert.deepEqual(
    row?.parts.map(({ part, rssPerStream, idleCpu }) => [part, rssPerStream, idleCpu]),
    [
      ["listener", 20_000, 500],
      ["worker", 10_000, NaN],
    ],
  );
  assert.equal(row.rssPerStream, 30_000);
  assert.equal(row.failed, false);
});

test("streams that did not open, ended, or were not reached fail the row", () => {
  for (const change of [{ open: 99 }, { reached: 99 }, { broken: 1 }])
    assert.equal(summarizeIdleStreams([{ ...sample, ...change }])[0]?.failed, true);
});
