// An engine that is restarted takes its containers with it, and the runtime goes on with it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EventRecorder } from "@penstock/activation/conformance";
import { systemClock } from "@penstock/foundation";
import { startDockerRuntime } from "./docker-worker-runtime.ts";
import { OwnEngine, ownEngineFault } from "./test-support/own-engine.ts";
import { behavingImage, RuntimeUnderTest } from "./test-support/runtime-under-test.ts";

test(
  "a restart of the engine ends its workers; their ends are told, and the next worker starts",
  { skip: ownEngineFault() ?? false },
  async () => {
    await using subject = await RuntimeUnderTest.start();
    await using engine = await OwnEngine.start(behavingImage);
    await using runtime = await startDockerRuntime({
      engine: engine.address,
      installation: subject.installation,
      network: "none",
      workerImage: behavingImage,
      clock: systemClock,
      observer: subject.observer,
    });
    using recorder = new EventRecorder(runtime);
    const before = [subject.pair({ kind: "idles" }), subject.behaving({ kind: "idles" })];
    for (const launch of before) {
      await runtime.launch(launch);
      await recorder.lineOf(launch.id, (line) => line === "idling");
    }
    await engine.stop();
    await assert.rejects(runtime.list(), { code: "WORKER_RUNTIME_UNAVAILABLE" });
    await engine.begin();
    for (const { id } of before) await recorder.exitOf(id);
    assert.deepEqual(await runtime.list(), []);
    assert.deepEqual(subject.told.engine, [false, true]);

    const after = subject.pair({ kind: "idles" });
    await runtime.launch(after);
    await runtime.drain(after.id);
    await recorder.exitOf(after.id);
    assert.deepEqual(await runtime.list(), []);
  },
);
