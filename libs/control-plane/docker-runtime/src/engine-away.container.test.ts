// An engine that does not answer: at the start, in between, and back again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EventRecorder } from "@penstock/activation/conformance";
import { systemClock } from "@penstock/foundation";
import { startDockerRuntime } from "./docker-worker-runtime.ts";
import { EngineProxy } from "./test-support/engine-proxy.ts";
import { engineAddress, RuntimeUnderTest } from "./test-support/runtime-under-test.ts";

const away = { code: "WORKER_RUNTIME_UNAVAILABLE" };

test("a runtime does not start where no engine answers, and says where it looked", async () => {
  const settings = {
    engine: "unix:///no/such/docker.sock",
    installation: "none",
    workerImage: "none",
    network: "none",
    clock: systemClock,
    observer: { called: () => {}, pulling: () => {}, engine: () => {}, failed: () => {} },
  };
  await assert.rejects(startDockerRuntime(settings), {
    ...away,
    message: /^the Docker engine at unix:\/\/\/no\/such\/docker\.sock does not answer: .*ENOENT/,
  });
});

test("while the engine is away verbs say so; when it is back, ends are told and output flows on", async () => {
  await using proxy = await EngineProxy.start(engineAddress);
  await using subject = await RuntimeUnderTest.start({ engine: proxy.address });
  const { runtime } = subject;
  using recorder = new EventRecorder(runtime);
  const [dies, stays] = [subject.pair({ kind: "idles" }), subject.behaving({ kind: "idles" })];
  await runtime.launch(dies);
  await runtime.launch(stays);
  await recorder.lineOf(dies.id, (line) => line === "idling");
  await recorder.lineOf(stays.id, (line) => line === "idling");

  await proxy.cut();
  await assert.rejects(runtime.launch(subject.behaving({ kind: "idles" })), away);
  await assert.rejects(runtime.list(), away);
  await assert.rejects(runtime.drain(stays.id), away);
  assert(subject.told.faults.includes("containers.list"));
  const [half] = await subject.inspect(dies.id);
  await subject.engine.call("POST", `/containers/${half?.Id}/kill`);
  await subject.engine.call("POST", `/containers/${half?.Id}/wait`);
  assert.deepEqual(
    recorder.of(dies.id).filter(({ kind }) => kind === "exited"),
    [],
  );

  await proxy.restore();
  const exit = await recorder.exitOf(dies.id);
  assert.deepEqual([exit.code, exit.signal], [null, "SIGKILL"]);
  assert.deepEqual(subject.told.engine, [false, true]);
  await runtime.drain(stays.id);
  await recorder.lineOf(stays.id, (line) => line === "the host ends");
  assert.equal((await recorder.exitOf(stays.id)).code, 0);
  assert.deepEqual(await runtime.list(), []);
});
