// The contract of the worker runtime port as a test suite. Every runtime runs it: the in-memory twin in
// unit tests, the others against real processes and containers. What makes a worker idle, print or exit
// differs from host to host, so the subject under test supplies a launch for each behaviour.
//
// Deliberately outside: readiness (the worker tells it over the broker), resource limits, and how the
// credentials travel (each runtime tests its own way beside its source).

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EventRecorder } from "./event-recorder.ts";
import { describeSuspension } from "./suspension-conformance.ts";
import { outputLineLengthMax, type WorkerLaunch } from "./worker-runtime.ts";
import { launchOf, type MakeSubject } from "./worker-runtime-subject.ts";

export { EventRecorder, type ExitedEvent } from "./event-recorder.ts";
export type { WorkerBehaviour, WorkerRuntimeSubject } from "./worker-runtime-subject.ts";

/** Set in the process that runs the suite; no worker may see it. */
const controllersOwn = "PENSTOCK_CONFORMANCE_CONTROLLER_SECRET";

/** Registers the contract tests for one runtime. Call it at the top level of a test file. */
export function describeWorkerRuntime(name: string, makeSubject: MakeSubject): void {
  describe(`${name} keeps the worker runtime contract`, () => {
    describeLaunch(makeSubject);
    describeEnd(makeSubject);
    describeOutput(makeSubject);
    describeAdoption(makeSubject);
    describeMemory(makeSubject);
    describeSuspension(makeSubject);
  });
}

function describeLaunch(makeSubject: MakeSubject): void {
  it("lists a launched worker with its pool, generation and start time", async () => {
    await using subject = await makeSubject();
    const launch = launchOf(subject, { kind: "idles" });
    const before = Date.now();
    const launched = await subject.runtime.launch(launch);
    const listed = await subject.runtime.list();
    assert.equal(listed.length, 1);
    assert.deepEqual(listed[0], launched);
    assert.equal(launched.id, launch.id);
    assert.equal(launched.pool, launch.pool);
    assert.equal(launched.generation, launch.generation);
    // Hosts round start times, to a hundredth of a second or to a whole one.
    assert.ok(launched.startedAt >= before - 1500 && launched.startedAt <= Date.now() + 1500);
  });

  it("tells a launch as started, once and before anything else", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "exits", code: 0 });
    const launched = await subject.runtime.launch(launch);
    await recorder.exitOf(launch.id);
    const events = recorder.of(launch.id);
    assert.deepEqual(events[0], { kind: "started", worker: launched });
    assert.equal(events.filter((event) => event.kind === "started").length, 1);
  });

  it("does not count as a worker what is prepared, until it is launched, and then as any other", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "idles" });
    const { credentials: _credentials, secrets: _secrets, ...preparation } = launch;
    subject.runtime.prepare([preparation]);
    assert.deepEqual(await subject.runtime.list(), []);
    const launched = await subject.runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line === "idling");
    assert.deepEqual(await subject.runtime.list(), [launched]);
    assert.equal(recorder.of(launch.id).filter(({ kind }) => kind === "started").length, 1);
    await subject.runtime.drain(launch.id);
    assert.equal((await recorder.exitOf(launch.id)).code, 0);
  });

  it("refuses a second launch of an id that runs and leaves the first alone", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "idles" });
    await subject.runtime.launch(launch);
    await assert.rejects(subject.runtime.launch(launch));
    await recorder.lineOf(launch.id, (line) => line === "idling");
    assert.equal((await subject.runtime.list()).length, 1);
  });

  it("rejects a launch that cannot start, and nothing is left of it", async (test) => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = subject.launch({ kind: "cannot-start" });
    if (!launch) return test.skip("every launch starts here; the worker itself fails then");
    await assert.rejects(subject.runtime.launch(launch), { code: "WORKER_LAUNCH_FAILED" });
    assert.deepEqual(await subject.runtime.list(), []);
    assert.deepEqual(recorder.of(launch.id), []);
  });

  it("hands over environment and credentials, the credentials not in the environment", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const plain = launchOf(subject, { kind: "tells-what-it-was-given" });
    const launch: WorkerLaunch = {
      ...plain,
      environment: { ...plain.environment, GREETING: "good day = gruß" },
      credentials: "credentials-of-the-conformance-suite",
    };
    process.env[controllersOwn] = "not for workers";
    try {
      await subject.runtime.launch(launch);
      await recorder.exitOf(launch.id);
    } finally {
      delete process.env[controllersOwn];
    }
    const [environment = "", credentials] = recorder.linesOf(launch.id, "stdout");
    assert.equal(credentials, `credentials ${launch.credentials}`);
    assert.match(environment, /^environment \{/);
    assert.ok(!environment.includes(launch.credentials), "credentials are not in the environment");
    const variables = JSON.parse(environment.slice("environment ".length)) as Record<
      string,
      string
    >;
    assert.equal(variables["GREETING"], "good day = gruß");
    assert.equal(variables[controllersOwn], undefined, "the controller's own stays its own");
  });
}

function describeEnd(makeSubject: MakeSubject): void {
  it("tells the exit code of a worker that ends by itself, exactly once", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "exits", code: 7 });
    await subject.runtime.launch(launch);
    const exit = await recorder.exitOf(launch.id);
    assert.deepEqual(
      [exit.pool, exit.code, exit.signal, exit.outOfMemory],
      [launch.pool, 7, null, false],
    );
    assert.deepEqual(await subject.runtime.list(), []);
    await subject.runtime.kill(launch.id);
    assert.equal(recorder.of(launch.id).filter((event) => event.kind === "exited").length, 1);
  });

  it("ends a worker that is asked to drain, also when it is asked twice", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "idles" });
    await subject.runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line === "idling");
    await Promise.all([subject.runtime.drain(launch.id), subject.runtime.drain(launch.id)]);
    assert.equal((await recorder.exitOf(launch.id)).code, 0);
    assert.deepEqual(await subject.runtime.list(), []);
  });

  it("leaves a worker alone that ignores the drain, until it is killed", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "ignores-drain" });
    await subject.runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line === "idling");
    await subject.runtime.drain(launch.id);
    assert.equal((await subject.runtime.list()).length, 1);
    await subject.runtime.kill(launch.id);
    const exit = await recorder.exitOf(launch.id);
    assert.deepEqual([exit.code, exit.signal], [null, "SIGKILL"]);
    assert.deepEqual(await subject.runtime.list(), []);
  });

  it("does nothing when a worker that never was is drained or killed", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    await subject.runtime.drain("conformance-nobody");
    await subject.runtime.kill("conformance-nobody");
    assert.deepEqual(recorder.events, []);
  });

  it("ends one worker without touching another", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const killed = launchOf(subject, { kind: "idles" });
    const kept = launchOf(subject, { kind: "idles" });
    await Promise.all([subject.runtime.launch(killed), subject.runtime.launch(kept)]);
    await subject.runtime.kill(killed.id);
    await recorder.exitOf(killed.id);
    const listed = await subject.runtime.list();
    assert.deepEqual(
      listed.map((worker) => worker.id),
      [kept.id],
    );
  });
}

function describeOutput(makeSubject: MakeSubject): void {
  const cases = [
    { text: "one\ntwo\n", lines: ["one", "two"], what: "line by line" },
    { text: "one\n\nthree", lines: ["one", "", "three"], what: "with empty and unfinished lines" },
    { text: "grüße\r\n日本\n", lines: ["grüße", "日本"], what: "as UTF-8 and without line ends" },
  ];
  for (const stream of ["stdout", "stderr"] as const) {
    for (const { text, lines, what } of cases) {
      it(`tells ${stream} ${what}, all of it before the exit`, async () => {
        await using subject = await makeSubject();
        using recorder = new EventRecorder(subject.runtime);
        const launch = launchOf(subject, { kind: "prints", stream, text });
        await subject.runtime.launch(launch);
        await recorder.exitOf(launch.id);
        assert.deepEqual(recorder.linesOf(launch.id, stream), lines);
        assert.equal(recorder.of(launch.id).at(-1)?.kind, "exited");
      });
    }
  }

  it("tells an overlong line in pieces", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const text = "0123456789".repeat(outputLineLengthMax / 4);
    const launch = launchOf(subject, { kind: "prints", stream: "stdout", text: `${text}\n` });
    await subject.runtime.launch(launch);
    await recorder.exitOf(launch.id);
    const pieces = recorder.linesOf(launch.id, "stdout");
    assert.ok(pieces.every((piece) => piece.length <= outputLineLengthMax));
    assert.equal(pieces.join(""), text);
  });

  it("tells every watcher, and none after it was disposed", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const gone = new EventRecorder(subject.runtime);
    gone[Symbol.dispose]();
    using other = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "exits", code: 0 });
    await subject.runtime.launch(launch);
    await Promise.all([recorder.exitOf(launch.id), other.exitOf(launch.id)]);
    assert.deepEqual(other.events, recorder.events);
    assert.deepEqual(gone.events, []);
  });
}

function describeAdoption(makeSubject: MakeSubject): void {
  it("finds what runs after a restart of the controller, and tells its exit exactly once", async () => {
    await using subject = await makeSubject();
    const launch = launchOf(subject, { kind: "idles" });
    let launched;
    {
      using first = new EventRecorder(subject.runtime);
      launched = await subject.runtime.launch(launch);
      await first.lineOf(launch.id, (line) => line === "idling");
    }
    const successor = await subject.restart();
    using recorder = new EventRecorder(successor);
    assert.deepEqual(await successor.list(), [launched]);
    await successor.drain(launch.id);
    await recorder.exitOf(launch.id);
    await successor.kill(launch.id);
    assert.deepEqual(
      recorder.of(launch.id).filter((event) => event.kind !== "output").length,
      1,
      "one exit and no start",
    );
    assert.deepEqual(await successor.list(), []);
  });

  it("kills an adopted worker that ignores the drain", async () => {
    await using subject = await makeSubject();
    const launch = launchOf(subject, { kind: "ignores-drain" });
    {
      using first = new EventRecorder(subject.runtime);
      await subject.runtime.launch(launch);
      await first.lineOf(launch.id, (line) => line === "idling");
    }
    const successor = await subject.restart();
    using recorder = new EventRecorder(successor);
    await successor.list();
    await successor.drain(launch.id);
    await successor.kill(launch.id);
    await recorder.exitOf(launch.id);
    assert.deepEqual(await successor.list(), []);
  });
}

function describeMemory(makeSubject: MakeSubject): void {
  it("tells what a worker uses, and nothing of one that does not exist", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "idles" });
    await subject.runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line === "idling");
    const usages = await subject.runtime.measure([launch.id, "nobody"]);
    assert.deepEqual([...usages.keys()], [launch.id]);
    const { privateBytes, workingSetBytes, memoryLimitBytes, cpuSeconds } =
      usages.get(launch.id) ?? assert.fail();
    // From a shell script to a Node process.
    for (const bytes of [privateBytes, workingSetBytes])
      assert.ok(bytes > 10_000 && bytes < 1024 ** 3, `${bytes} bytes`);
    assert.ok(memoryLimitBytes > workingSetBytes, `${memoryLimitBytes} bytes at most`);
    assert.ok(cpuSeconds >= 0 && cpuSeconds < 60, `${cpuSeconds} s`);
    await subject.runtime.kill(launch.id);
    await recorder.exitOf(launch.id);
    assert.deepEqual([...(await subject.runtime.measure([launch.id])).keys()], []);
  });
}
