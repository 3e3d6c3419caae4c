import assert from "node:assert/strict";
import { test } from "node:test";
import { manyTables } from "../report/many-tables.ts";
import type { ManyPoolsSample } from "./many-pools.ts";
import { summarizeManyPools } from "./many-summary.ts";

const one: ManyPoolsSample = {
  pools: 1,
  readyMs: 1000,
  memory: { controller: { rss: 1000, pss: 1000 } },
  idleCpu: { controller: 2000 },
  firstMs: [100, 120, 110],
  wrong: 0,
  reloadMs: 20,
  reloadCpu: { controller: 10_000 },
  changes: 1,
  scrapes: {
    controller: { milliseconds: 5, bytes: 2048 },
    listener: { milliseconds: 4, bytes: 1024 },
  },
  stopMs: 300,
  exitCode: 0,
};
const many: ManyPoolsSample = {
  ...one,
  pools: 101,
  memory: { controller: { rss: 51_000, pss: 51_000 } },
  firstMs: [130, 150, 140],
};

test("what a pool costs is what is beyond one pool's, for each more", () => {
  const [base, row] = summarizeManyPools([one, many]);
  assert.deepEqual(base?.parts[0]?.rssPerPool, NaN);
  assert.deepEqual(row?.parts, [
    { part: "controller", rss: 51_000, rssPerPool: 500, idleCpu: 2000, reloadCpu: 10_000 },
  ]);
  assert.deepEqual([row?.firstMs, row?.firstMaxMs, row?.failed], [140, 150, false]);
});

test("a wrong answer, a reload of other pools and a stop by force fail", () => {
  const bad = [{ wrong: 1 }, { changes: 2 }, { changes: 0 }, { exitCode: null }];
  for (const each of bad) {
    const [row] = summarizeManyPools([{ ...one, ...each }]);
    assert.equal(row?.failed, true);
    assert.match(manyTables(row ? [row] : []), /FAILED/);
  }
});
