import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import { test } from "node:test";
import { argumentsOf, belowOf, parseMemory, parseStat, processesWithin } from "./process-table.ts";

const stat =
  "4711 (a (strange) name) S 42 4711 4711 0 -1 4194560 9 8 7 6 250 50 7 3 20 0 11 0 395554 1 1";

test("parent and processor time are read behind the command, whatever that holds", () => {
  assert.deepEqual(parseStat(stat), {
    parent: 42,
    stopped: false,
    cpuTicks: 300,
    endedChildrenTicks: 10,
  });
  assert.equal(parseStat(stat.replace(") S", ") T"))?.stopped, true);
});

test("memory is read in bytes, and not from what has none", () => {
  const text =
    "5000-6000 ---p 0 0:0 0  [rollup]\nRss:      1608 kB\nPss:       246 kB\nPss_Dirty: 1 kB\n";
  assert.deepEqual(parseMemory(text), { rss: 1608 * 1024, pss: 246 * 1024 });
  assert.equal(parseMemory(""), undefined);
});

test("what is no stat line is none", () => {
  assert.equal(parseStat(""), undefined);
  assert.equal(parseStat("4711 (cut) S 42"), undefined);
});

test("descendants come parents first, strangers not at all", () => {
  const processes = [
    { pid: 30, parent: 20 },
    { pid: 20, parent: 10 },
    { pid: 21, parent: 10 },
    { pid: 99, parent: 1 },
  ];
  assert.deepEqual(
    belowOf(10, processes).map(({ pid }) => pid),
    [20, 21, 30],
  );
});

test("this process is known by its arguments and by its folder", (context) => {
  if (process.platform !== "linux") return context.skip("there is no /proc");
  assert.ok(argumentsOf(process.pid).length > 0);
  const here = realpathSync(process.cwd());
  assert.ok(processesWithin(here).includes(process.pid));
  assert.ok(!processesWithin(`${here}/elsewhere`).includes(process.pid));
});
