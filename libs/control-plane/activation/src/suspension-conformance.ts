// The contract of the worker runtime port, continued: workers that are frozen.

import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EventRecorder } from "./event-recorder.ts";
import type { WorkerRuntime } from "./worker-runtime.ts";
import { launchOf, type MakeSubject } from "./worker-runtime-subject.ts";

/** So long a frozen worker is watched: one that runs would print dozens of lines, milliseconds. */
const WATCHED_MS = 300;

/** When the worker printed something, milliseconds since the Unix epoch. */
const printedAt = (line: string): number => Number(/^at (\d+)$/.exec(line)?.[1] ?? Number.NaN);

async function states(runtime: WorkerRuntime): Promise<boolean[]> {
  return (await runtime.list()).map(({ suspended }) => suspended);
}

/** Registers the tests of `suspend` and `resume`. */
export function describeSuspension(makeSubject: MakeSubject): void {
  it("freezes a worker, shows it as suspended, and lets it go on where it stood", async () => {
    await using subject = await makeSubject();
    const { runtime } = subject;
    using recorder = new EventRecorder(runtime);
    const launch = launchOf(subject, { kind: "tells-time" });
    await runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line.startsWith("at "));
    assert.deepEqual(await states(runtime), [false]);
    await runtime.suspend(launch.id);
    await runtime.suspend(launch.id);
    const frozenAt = Date.now();
    assert.deepEqual(await states(runtime), [true]);
    await delay(WATCHED_MS);
    const thawedAt = Date.now();
    await runtime.resume(launch.id);
    await runtime.resume(launch.id);
    await recorder.lineOf(launch.id, (line) => printedAt(line) >= thawedAt);
    assert.deepEqual(await states(runtime), [false]);
    const meanwhile = recorder
      .linesOf(launch.id, "stdout")
      .filter((line) => printedAt(line) > frozenAt && printedAt(line) < thawedAt);
    assert.deepEqual(meanwhile, [], "a frozen worker does nothing");
    assert.ok(recorder.of(launch.id).every(({ kind }) => kind !== "exited"));
  });

  it("keeps the order in which a worker is frozen and thawed", async () => {
    await using subject = await makeSubject();
    const { runtime } = subject;
    using recorder = new EventRecorder(runtime);
    const launch = launchOf(subject, { kind: "tells-time" });
    await runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line.startsWith("at "));
    await Promise.all([runtime.suspend(launch.id), runtime.resume(launch.id)]);
    assert.deepEqual(await states(runtime), [false]);
    const after = Date.now();
    await recorder.lineOf(launch.id, (line) => printedAt(line) >= after);
    await Promise.all([runtime.resume(launch.id), runtime.suspend(launch.id)]);
    assert.deepEqual(await states(runtime), [true]);
  });

  it("drains a frozen worker: it hears of it and ends in order", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    const launch = launchOf(subject, { kind: "idles" });
    await subject.runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line === "idling");
    await subject.runtime.suspend(launch.id);
    await subject.runtime.drain(launch.id);
    assert.equal((await recorder.exitOf(launch.id)).code, 0);
    assert.deepEqual(await subject.runtime.list(), []);
  });

  for (const verb of ["drain", "kill", "resume"] as const)
    it(`finds a frozen worker after a restart of the controller, and can ${verb} it`, async () => {
      await using subject = await makeSubject();
      const launch = launchOf(subject, { kind: "tells-time" });
      {
        using first = new EventRecorder(subject.runtime);
        await subject.runtime.launch(launch);
        await first.lineOf(launch.id, (line) => line.startsWith("at "));
        await subject.runtime.suspend(launch.id);
      }
      const successor = await subject.restart();
      using recorder = new EventRecorder(successor);
      assert.deepEqual(await states(successor), [true]);
      const before = Date.now();
      await successor[verb](launch.id);
      if (verb === "resume") {
        await recorder.lineOf(launch.id, (line) => printedAt(line) >= before);
        assert.deepEqual(await states(successor), [false]);
        return;
      }
      await recorder.exitOf(launch.id);
      assert.deepEqual(await successor.list(), []);
    });

  it("does nothing when a worker that never was is frozen or thawed", async () => {
    await using subject = await makeSubject();
    using recorder = new EventRecorder(subject.runtime);
    await subject.runtime.suspend("conformance-nobody");
    await subject.runtime.resume("conformance-nobody");
    assert.deepEqual(recorder.events, []);
  });
}
