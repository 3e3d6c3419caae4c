// What a controller finds when it comes back: what it adopts, what it clears away, what it leaves alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EventRecorder } from "@penstock/activation/conformance";
import { behavingImage, RuntimeUnderTest } from "./test-support/runtime-under-test.ts";

test("an adopted worker is told when it prints, and its end with its code", async () => {
  await using subject = await RuntimeUnderTest.start();
  const launch = subject.pair({ kind: "idles" });
  {
    using first = new EventRecorder(subject.runtime);
    await subject.runtime.launch(launch);
    const idling = () => first.linesOf(launch.id, "stdout").length === 2;
    await first.lineOf(launch.id, idling);
  }
  const successor = await subject.restart();
  using recorder = new EventRecorder(successor);
  assert.deepEqual(
    (await successor.list()).map(({ id }) => id),
    [launch.id],
  );
  await successor.drain(launch.id);
  assert.equal((await recorder.exitOf(launch.id)).code, 0);
  assert.ok(recorder.linesOf(launch.id, "stdout").includes("the application ends"));
});

test("a worker can be killed by its name before it was ever listed", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { id } = await subject.runtime.launch(subject.behaving({ kind: "idles" }));
  const successor = await subject.restart();
  using recorder = new EventRecorder(successor);
  await successor.kill(id);
  assert.equal((await recorder.exitOf(id)).signal, "SIGKILL");
});

test("what died while nobody looked is cleared away with its other half, and not told", async () => {
  await using subject = await RuntimeUnderTest.start();
  const pair = subject.pair({ kind: "idles" });
  const single = subject.behaving({ kind: "idles" });
  await subject.runtime.launch(pair);
  await subject.runtime.launch(single);
  await subject.runtime[Symbol.asyncDispose]();
  const [half] = await subject.inspect(pair.id);
  const [whole] = await subject.inspect(single.id);
  for (const container of [half, whole]) {
    await subject.engine.call("POST", `/containers/${container?.Id}/kill`);
    await subject.engine.call("POST", `/containers/${container?.Id}/wait`);
  }
  const successor = await subject.restart();
  using recorder = new EventRecorder(successor);
  assert.deepEqual(await successor.list(), []);
  await successor[Symbol.asyncDispose]();
  assert.deepEqual(await subject.containers(), []);
  assert.deepEqual(recorder.events, []);
  await subject.restart();
});

test("containers of others are not listed, killed or removed, whatever they look like", async () => {
  await using subject = await RuntimeUnderTest.start();
  await using other = await RuntimeUnderTest.start();
  const running = other.behaving({ kind: "idles" });
  await other.runtime.launch(running);
  const body = { Image: behavingImage, Labels: { "io.penstock.worker": "stranger" } };
  const { Id } = await subject.engine.call<{ Id: string }>("POST", "/containers/create", { body });
  try {
    assert.deepEqual(await subject.runtime.list(), []);
    await subject.runtime.kill(running.id);
    await subject.runtime.kill("stranger");
    await subject.restart();
    await subject.runtime.list();
    assert.equal((await other.runtime.list()).length, 1);
    await subject.engine.call("GET", `/containers/${Id}/json`);
  } finally {
    await subject.engine.call("DELETE", `/containers/${Id}`);
  }
});
