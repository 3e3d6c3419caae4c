// The in-memory twin under the same contract as the runtimes that start real processes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaultContainer, ManualClock } from "@penstock/testing";
import { describeWorkerRuntime, type WorkerBehaviour } from "./conformance.ts";
import { EventRecorder } from "./event-recorder.ts";
import type { InMemoryWorker } from "./in-memory-worker.ts";
import { InMemoryWorkerRuntime } from "./in-memory-worker-runtime.ts";
import type { WorkerLaunch } from "./worker-runtime.ts";

const behaviours = new Map<string, WorkerBehaviour>();
let launches = 0;

function launch(behaviour: WorkerBehaviour): WorkerLaunch {
  const id = `conformance-${++launches}`;
  behaviours.set(id, behaviour);
  return {
    id,
    pool: "conformance",
    generation: "g1",
    application: { kind: "command", command: ["none"] },
    directory: "/",
    environment: {},
    secrets: {},
    limits: {},
    container: { ...defaultContainer, processes: 64 },
    credentials: "",
    concurrency: 1,
    shutdownTimeLimitMs: 90_000,
  };
}

function behave(worker: InMemoryWorker): void {
  const behaviour = behaviours.get(worker.launch.id);
  switch (behaviour?.kind) {
    case undefined:
    case "cannot-start":
      throw new Error("no such program");
    case "idles":
    case "ignores-drain":
      return worker.print("stdout", "idling\n");
    case "tells-time": {
      const timer = setInterval(() => {
        if (worker.ended) clearInterval(timer);
        else if (!worker.suspended) worker.print("stdout", `at ${Date.now()}\n`);
      }, 5);
      timer.unref();
      return undefined;
    }
    case "exits":
      return worker.exit(behaviour.code);
    case "prints":
      worker.print(behaviour.stream, behaviour.text);
      return worker.exit(0);
    case "tells-what-it-was-given":
      worker.print("stdout", `environment ${JSON.stringify(worker.launch.environment)}\n`);
      worker.print("stdout", `credentials ${worker.launch.credentials}\n`);
      return worker.exit(0);
  }
}

describeWorkerRuntime("the in-memory runtime", async () => {
  const runtime = new InMemoryWorkerRuntime({
    onLaunch: behave,
    onDrain: (worker) => {
      if (behaviours.get(worker.launch.id)?.kind !== "ignores-drain") worker.exit(0);
    },
  });
  return {
    runtime,
    launch,
    restart: async () => {
      await runtime[Symbol.asyncDispose]();
      return runtime.successor();
    },
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
});

describe("The in-memory runtime in the hand of a test", () => {
  it("tells nothing from within the call that caused it", async () => {
    const clock = new ManualClock(5);
    const runtime = new InMemoryWorkerRuntime({}, () => clock.now());
    using recorder = new EventRecorder(runtime);
    const { id, startedAt } = await runtime.launch(launch({ kind: "idles" }));
    assert.equal(startedAt, 5);
    clock.advance(10);
    runtime.worker(id).crash("SIGSEGV");
    assert.ok(recorder.of(id).every((event) => event.kind !== "exited"));
    const { signal, at } = await recorder.exitOf(id);
    assert.deepEqual([signal, at], ["SIGSEGV", 15]);
  });

  it("drains with exit code 0 when no script says otherwise", async () => {
    const runtime = new InMemoryWorkerRuntime();
    using recorder = new EventRecorder(runtime);
    const { id } = await runtime.launch(launch({ kind: "idles" }));
    await runtime.drain(id);
    assert.equal((await recorder.exitOf(id)).code, 0);
    assert.deepEqual(await runtime.list(), []);
  });
});
