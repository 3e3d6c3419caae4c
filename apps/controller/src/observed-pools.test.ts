import assert from "node:assert/strict";
import test from "node:test";
import type { WorkerExit } from "@penstock/activation";
import type { ListenerLoad } from "@penstock/wire";
import { ObservedPools } from "./observed-pools.ts";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";

/** After so long without a word a listener counts no more. */
const SILENT_MS = 15_000;

const partial = (...pools: readonly [string, number, number][]): ListenerLoad => load(false, pools);
const complete = (...pools: readonly [string, number, number][]): ListenerLoad => load(true, pools);

function load(whole: boolean, pools: readonly [string, number, number][]): ListenerLoad {
  const told = pools.map(([pool, waiting, running]) => ({ pool, waiting, running }));
  return { complete: whole, pools: told };
}

function worker(id: string): ObservedWorkerProcess {
  return new ObservedWorkerProcess({
    id,
    pool: "a",
    generation: "g1",
    pid: 1,
    startedAt: 1000,
    suspended: false,
  });
}

test("a pool's load is unknown until a listener told, then the sum of all listeners", () => {
  const pools = new ObservedPools();
  assert.equal(pools.of("a").load, undefined);
  assert.deepEqual(pools.report("one", partial(["a", 2, 1]), 0), ["a"]);
  assert.deepEqual(pools.report("two", partial(["a", 3, 4], ["b", 1, 0]), 0), ["a", "b"]);
  assert.deepEqual(pools.of("a").load, { waiting: 5, running: 5 });
  pools.report("one", partial(["a", 0, 0]), 0);
  assert.deepEqual(pools.of("a").load, { waiting: 3, running: 4 });
});

test("a complete report puts at zero what it does not name, of that listener only", () => {
  const pools = new ObservedPools();
  pools.report("one", partial(["a", 2, 1], ["b", 1, 1]), 0);
  pools.report("two", partial(["a", 1, 0]), 0);
  assert.deepEqual(pools.report("one", complete(["b", 1, 1]), 0), ["b", "a"]);
  assert.deepEqual(pools.of("a").load, { waiting: 1, running: 0 });
  assert.deepEqual(pools.report("one", complete(["b", 1, 1]), 0), ["b"], "a is at zero already");
});

test("a listener that is silent for too long counts no more", () => {
  const pools = new ObservedPools();
  pools.report("one", partial(["a", 2, 1]), 0);
  pools.report("two", partial(["a", 3, 0]), 10_000);
  assert.deepEqual(pools.dropSilentListeners(SILENT_MS - 1), []);
  assert.deepEqual(pools.dropSilentListeners(SILENT_MS), ["a"]);
  assert.deepEqual(pools.of("a").load, { waiting: 3, running: 0 });
  assert.deepEqual(pools.dropSilentListeners(SILENT_MS), []);
  pools.dropSilentListeners(10_000 + SILENT_MS);
  assert.equal(pools.of("a").load, undefined);
});

test("a turn's view has the workers that run and those that are being launched", () => {
  const pools = new ObservedPools();
  const sight = pools.of("a");
  sight.workers.set("a-1", worker("a-1"));
  sight.launching.set("a-2", worker("a-2"));
  assert.equal(sight.ready, false);
  sight.workers.get("a-1")?.enter("ready", 2000);
  assert.equal(sight.ready, true);
  const { workers } = sight.takeView();
  const shown = workers.map(({ id, phase, phaseSince }) => [id, phase, phaseSince]);
  assert.deepEqual(shown, [
    ["a-1", "ready", 2000],
    ["a-2", "starting", 1000],
  ]);
  assert.equal(pools.worker("a", "a-1"), sight.workers.get("a-1"));
  assert.equal(pools.worker("b", "a-1"), undefined);
});

test("an exit is seen by one turn", () => {
  const sight = new ObservedPools().of("a");
  const exit: WorkerExit = {
    id: "a-1",
    pool: "a",
    phase: "ready",
    code: 1,
    signal: null,
    outOfMemory: false,
    detail: "",
    at: 0,
  };
  sight.exits.push(exit);
  assert.deepEqual(sight.takeView().exits, [exit]);
  assert.deepEqual(sight.takeView().exits, []);
});

test("a worker keeps its last 20 lines, and enters a phase once", () => {
  const process = worker("a-1");
  for (let line = 1; line <= 25; line++) process.addLine(`line ${line}`);
  assert.equal(process.lines.length, 20);
  assert.match(process.detail, /^line 6\n/);
  assert.match(process.detail, /\nline 25$/);
  process.enter("ready", 2000);
  process.enter("ready", 3000);
  assert.equal(process.view().phaseSince, 2000);
});
