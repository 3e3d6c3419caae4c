// Worker hosts that are started before their worker is needed.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkerLaunch, WorkerPreparation } from "@penstock/activation";
import { EventRecorder } from "@penstock/activation/conformance";
import { untilWithin } from "@penstock/testing";
import { behavingImage, buildImage, RuntimeUnderTest } from "./test-support/runtime-under-test.ts";

const until = untilWithin(20_000);

function preparationOf(launch: WorkerLaunch): WorkerPreparation {
  const { credentials: _credentials, secrets: _secrets, ...preparation } = launch;
  return preparation;
}

const waitingName = (id: string) => `/penstock-waiting-${id}`;

/** The host that waits for this worker, once it runs. */
async function waitingFor(subject: RuntimeUnderTest, { id }: WorkerLaunch): Promise<string> {
  let container = "";
  await until(`${id} is prepared`, async () => {
    const host = (await subject.containers()).find(({ Names }) => Names[0] === waitingName(id));
    container = host?.Id ?? "";
    return host?.State === "running";
  });
  return container;
}

async function isGone(subject: RuntimeUnderTest, container: string): Promise<boolean> {
  return (await subject.containers()).every(({ Id }) => Id !== container);
}

for (const kind of ["pair", "behaving"] as const) {
  test(`a host that waited is the host of its worker, under its name (${kind})`, async () => {
    await using subject = await RuntimeUnderTest.start();
    using recorder = new EventRecorder(subject.runtime);
    const secrets = { TOKEN: "hidden-token" };
    const launch = subject[kind]({ kind: "idles" }, { secrets, credentials: "hidden-credentials" });
    subject.runtime.prepare([preparationOf(launch)]);
    const container = await waitingFor(subject, launch);
    assert.deepEqual(await subject.runtime.list(), []);
    assert.doesNotMatch(JSON.stringify(await subject.inspect(launch.id)), /hidden/);

    await subject.runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line === "idling");
    const names = new Map((await subject.inspect(launch.id)).map(({ Id, Name }) => [Id, Name]));
    assert.equal(names.get(container), `/penstock-${launch.id}`);
    assert.equal(names.size, kind === "pair" ? 2 : 1);

    const successor = await subject.restart();
    using later = new EventRecorder(successor);
    const found = (await successor.list()).map(({ id }) => id);
    assert.deepEqual(found, [launch.id], "adopted as any other");
    await successor.drain(launch.id);
    assert.equal((await later.exitOf(launch.id)).code, 0);
  });
}

test("what is not named any more goes, and what is left with the runtime", async () => {
  await using subject = await RuntimeUnderTest.start();
  const [former, present] = [subject.pair({ kind: "idles" }), subject.behaving({ kind: "idles" })];
  subject.runtime.prepare([preparationOf(former)]);
  await waitingFor(subject, former);
  subject.runtime.prepare([preparationOf(present)]);
  await waitingFor(subject, present);
  await until("the former is gone", async () => {
    const names = (await subject.containers()).flatMap(({ Names }) => Names);
    return !names.includes(waitingName(former.id));
  });
  await subject.runtime[Symbol.asyncDispose]();
  assert.deepEqual(await subject.containers(), []);
  await subject.restart();
});

test("one that dies while it waits is nobody's end, and another waits in its place", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const launch = subject.pair({ kind: "idles" });
  subject.runtime.prepare([preparationOf(launch)]);
  const first = await waitingFor(subject, launch);
  await subject.engine.call("POST", `/containers/${first}/kill`);
  await until("it is gone", () => isGone(subject, first));
  subject.runtime.prepare([preparationOf(launch)]);
  assert.notEqual(await waitingFor(subject, launch), first);
  await subject.runtime.launch(launch);
  await recorder.lineOf(launch.id, (line) => line === "idling");
  assert.deepEqual(
    recorder.of(launch.id).flatMap(({ kind }) => (kind === "output" ? [] : [kind])),
    ["started"],
  );
});

test("no image is fetched for what may never be needed, and an image that changes is not held", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { container, ...missing } = subject.launch();
  const none = { ...missing, container: { ...container, image: "penstock-test/none" } };
  const pair = subject.pair({ kind: "idles" });
  const changing = { ...pair, container: { ...pair.container, pullPolicy: "always" } } as const;
  const held = subject.pair({ kind: "idles" });
  subject.runtime.prepare([none, changing, held].map(preparationOf));
  await waitingFor(subject, held);
  assert.deepEqual(await subject.inspect(none.id), []);
  assert.deepEqual(await subject.inspect(changing.id), []);
  assert.deepEqual([subject.told.pulls, subject.told.failures], [[], []]);
});

test("a worker whose image was made anew meanwhile does not get the host of the former one", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const image = `${behavingImage}-${subject.installation}`;
  const build = (version: string) =>
    buildImage(subject.engine, image, [`FROM ${behavingImage}`, `LABEL version=${version}`]);
  await build("1");
  try {
    const plain = subject.behaving({ kind: "idles" });
    const launch = { ...plain, container: { ...plain.container, image } };
    subject.runtime.prepare([preparationOf(launch)]);
    const former = await waitingFor(subject, launch);
    await build("2");
    await subject.runtime.launch(launch);
    await recorder.lineOf(launch.id, (line) => line === "idling");
    await until("the former host is gone", () => isGone(subject, former));
    const [worker] = await subject.inspect(launch.id);
    assert.equal(worker?.Config.Labels["version"], "2");
    await subject.runtime.kill(launch.id);
    await recorder.exitOf(launch.id);
    await until("the worker is gone", async () => (await subject.containers()).length === 0);
  } finally {
    await subject.engine.call("DELETE", `/images/${image}`, { query: { force: "1" } });
  }
});

test("a host whose controller died is not taken for a worker, and does not stay", async () => {
  await using subject = await RuntimeUnderTest.start();
  const launch = subject.behaving({ kind: "idles" });
  subject.runtime.prepare([preparationOf(launch)]);
  const container = await waitingFor(subject, launch);
  await using successor = await subject.another();
  assert.deepEqual(await successor.list(), []);
  await until("it is gone", () => isGone(subject, container));
});
