// The contract of the port with real child processes, and what only child processes have.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { describeWorkerRuntime } from "@penstock/activation/conformance";
import { startProcessRuntime } from "./process-worker-runtime.ts";
import {
  Ear,
  lives,
  RuntimeUnderTest,
  stopped,
  testLaunch,
  untilGone,
  workerEntry,
} from "./test-support/testing-runtime.ts";

describeWorkerRuntime("the process runtime", async () => {
  const subject = await RuntimeUnderTest.start();
  return {
    runtime: subject.runtime,
    launch: testLaunch,
    restart: () => subject.restart(),
    [Symbol.asyncDispose]: () => subject[Symbol.asyncDispose](),
  };
});

test("credentials are neither on the command line nor in the environment of the process", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const launch = testLaunch({ kind: "idles" });
  const { pid } = await subject.runtime.launch(launch);
  await ear.line(launch.id, /idling/);
  for (const name of ["cmdline", "environ"]) {
    assert.ok(!readFileSync(`/proc/${pid}/${name}`, "latin1").includes(launch.credentials));
  }
});

test("a worker has its pool's and its own name and a compile cache that outlives it", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const launch = testLaunch({ kind: "tells-what-it-was-given" });
  await subject.runtime.launch(launch);
  const line = await ear.line(launch.id, /^environment/);
  const environment = JSON.parse(line.slice("environment ".length)) as Record<string, string>;
  assert.equal(environment["PENSTOCK_POOL"], "conformance");
  assert.equal(environment["PENSTOCK_WORKER"], launch.id);
  await ear.exit(launch.id);
  assert.notEqual(readdirSync(join(subject.stateDirectory, "compile-cache")).length, 0);
});

test("an exit takes what the worker had started with it, and its files", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const launch = testLaunch({ kind: "has-a-child" });
  const { pid = 0 } = await subject.runtime.launch(launch);
  const child = Number((await ear.line(launch.id, /^child \d/)).split(" ")[1]);
  assert.ok(lives(child));
  process.kill(pid, "SIGKILL");
  const exit = await ear.exit(launch.id);
  assert.deepEqual([exit.code, exit.signal, exit.outOfMemory], [null, "SIGKILL", false]);
  await untilGone(child);
  await subject.runtime[Symbol.asyncDispose]();
  assert.deepEqual(readdirSync(join(subject.stateDirectory, "workers")), []);
});

test("a kill reaches the whole group", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const launch = testLaunch({ kind: "has-a-child" });
  await subject.runtime.launch(launch);
  const child = Number((await ear.line(launch.id, /^child \d/)).split(" ")[1]);
  await subject.runtime.kill(launch.id);
  await ear.exit(launch.id);
  await untilGone(child);
});

test("what a worker started stands still with it, whatever group and session it is in, but for its guard", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const launch = testLaunch({ kind: "has-a-family" });
  const { pid = 0 } = await subject.runtime.launch(launch);
  const line = await ear.line(launch.id, /^family /);
  const [child = 0, grandchild = 0, guard = 0] = line.split(" ").slice(1).map(Number);
  const states = () => [pid, child, grandchild, guard].map((each) => stopped(each));
  assert.deepEqual(states(), [false, false, false, false]);
  await subject.runtime.suspend(launch.id);
  assert.deepEqual(states(), [true, true, true, false]);
  await subject.runtime.resume(launch.id);
  assert.deepEqual(states(), [false, false, false, false]);
  for (const each of [child, grandchild, guard]) process.kill(each, "SIGKILL");
});

test("a drain reaches the worker host alone, which ends its application itself", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const launch = testLaunch({ kind: "has-a-child" });
  await subject.runtime.launch(launch);
  await ear.line(launch.id, /^child \d/);
  await subject.runtime.drain(launch.id);
  await ear.exit(launch.id);
  assert.ok(ear.lines(launch.id).includes("child lives"));
});

test("a worker that V8's heap limit ended is told as out of memory", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const plain = testLaunch({ kind: "exhausts-its-heap" });
  const environment = { ...plain.environment, NODE_OPTIONS: "--max-old-space-size=24" };
  await subject.runtime.launch({ ...plain, environment });
  assert.equal((await ear.exit(plain.id)).outOfMemory, true);
});

test("output beyond 8 MiB is told to the last line and does not fill the disk", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const launch = testLaunch({ kind: "floods", lines: 1536 });
  await subject.runtime.launch(launch);
  await ear.line(launch.id, /^done$/);
  assert.equal(ear.lines(launch.id).length, 1536 + 1);
  const { size } = statSync(join(subject.stateDirectory, "workers", launch.id, "stdout.log"));
  assert.ok(size <= 8 * 1024 * 1024, `${size} bytes`);
});

test("disposing the runtime leaves the workers running", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { pid = 0, id } = await subject.runtime.launch(testLaunch({ kind: "idles" }));
  const successor = await subject.restart();
  assert.ok(lives(pid));
  assert.deepEqual(
    (await successor.list()).map((worker) => worker.id),
    [id],
  );
});

test("a worker can be killed by its name before it was ever listed", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { id } = await subject.runtime.launch(testLaunch({ kind: "idles" }));
  const successor = await subject.restart();
  using ear = new Ear(successor);
  await successor.kill(id);
  await ear.exit(id);
});

test("what died while no runtime lived is cleared away with its orphans and not told", async () => {
  await using subject = await RuntimeUnderTest.start();
  const launch = testLaunch({ kind: "has-a-child" });
  let child = 0;
  let host = 0;
  {
    using ear = new Ear(subject.runtime);
    host = (await subject.runtime.launch(launch)).pid ?? 0;
    child = Number((await ear.line(launch.id, /^child \d/)).split(" ")[1]);
  }
  await subject.runtime[Symbol.asyncDispose]();
  process.kill(host, "SIGKILL");
  await untilGone(host);
  assert.ok(lives(child));
  const successor = await subject.restart();
  using ear = new Ear(successor);
  assert.deepEqual(await successor.list(), []);
  await untilGone(child);
  await successor[Symbol.asyncDispose]();
  assert.deepEqual(ear.events, []);
  assert.equal(existsSync(join(subject.stateDirectory, "workers", launch.id)), false);
});

test("a record whose pid now belongs to another process is cleared away, the process left alone", async () => {
  await using subject = await RuntimeUnderTest.start();
  using ear = new Ear(subject.runtime);
  const launch = testLaunch({ kind: "idles" });
  const { pid = 0, id } = await subject.runtime.launch(launch);
  await ear.line(id, /idling/);
  const path = join(subject.stateDirectory, "workers", id, "process.json");
  const record = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  assert.equal(record["pid"], pid);
  await subject.runtime[Symbol.asyncDispose]();
  await writeFile(path, JSON.stringify({ ...record, startTime: "another boot/1" }));
  const successor = await subject.restart();
  assert.deepEqual(await successor.list(), []);
  await successor.kill(id);
  assert.ok(lives(pid), "the process of that pid was not touched");
  process.kill(pid, "SIGKILL");
  await untilGone(pid);
});

test("an id that is no plain name is refused before anything is touched", async () => {
  await using subject = await RuntimeUnderTest.start();
  const launch = { ...testLaunch({ kind: "idles" }), id: "../escape" };
  await assert.rejects(subject.runtime.launch(launch), { name: "AssertionFailure" });
});

test("a state directory that cannot be used is a runtime that is not available", async () => {
  const folder = await mkdtemp(join(tmpdir(), "penstock-process-runtime-"));
  await writeFile(join(folder, "file"), "");
  const stateDirectory = join(folder, "file", "state");
  await assert.rejects(startProcessRuntime({ stateDirectory, workerEntry }), {
    code: "WORKER_RUNTIME_UNAVAILABLE",
  });
  await rm(folder, { recursive: true });
});
