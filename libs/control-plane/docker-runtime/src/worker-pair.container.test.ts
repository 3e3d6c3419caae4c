// What only a worker of two containers has: an unmodified image beside its worker host.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EventRecorder } from "@penstock/activation/conformance";
import { RuntimeUnderTest } from "./test-support/runtime-under-test.ts";

function linesOf(recorder: EventRecorder, id: string): string[] {
  return recorder.of(id).flatMap((event) => (event.kind === "output" ? [event.line] : []));
}

test("a worker whose application ends by itself has ended, with the application's code", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const launch = subject.pair({ kind: "exits", code: 7 } as { kind: string });
  await subject.runtime.launch(launch);
  const exit = await recorder.exitOf(launch.id);
  assert.deepEqual([exit.code, exit.signal, exit.outOfMemory], [7, null, false]);
  assert.deepEqual(await subject.runtime.list(), []);
});

test("a worker whose host is gone has ended, and its application ends with it", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const launch = subject.pair({ kind: "ignores-drain" });
  await subject.runtime.launch(launch);
  const containers = await subject.inspect(launch.id);
  assert.equal(containers.length, 2);
  const host = containers.find(({ Config }) => Config.Labels["io.penstock.role"] === "host");
  await subject.engine.call("POST", `/containers/${host?.Id}/kill`);
  const exit = await recorder.exitOf(launch.id);
  assert.deepEqual([exit.code, exit.signal], [null, "SIGKILL"]);
});

test("a drain asks the host; the application is asked when the host has finished", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const launch = subject.pair({ kind: "idles" });
  await subject.runtime.launch(launch);
  await recorder.lineOf(launch.id, () => linesOf(recorder, launch.id).length === 2);
  await subject.runtime.drain(launch.id);
  const exit = await recorder.exitOf(launch.id);
  assert.deepEqual([exit.code, exit.signal], [0, null]);
  const said = ["idling", "idling", "the host ends", "the application ends"];
  assert.deepEqual(linesOf(recorder, launch.id), said);
});

test("what both containers use is told, and the application's memory against its own limit", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const memoryBytes = 96 << 20;
  const launch = subject.pair({ kind: "idles" }, { limits: { memoryBytes } });
  await subject.runtime.launch(launch);
  await recorder.lineOf(launch.id, () => linesOf(recorder, launch.id).length === 2);
  const usage = (await subject.runtime.measure([launch.id])).get(launch.id) ?? assert.fail();
  assert.equal(usage.memoryLimitBytes, memoryBytes);
  assert(usage.workingSetBytes > 0 && usage.workingSetBytes < memoryBytes);
  assert(usage.cpuSeconds > 0);
  // Who comes next learns the same of it.
  const successor = await subject.restart();
  await successor.list();
  const again = (await successor.measure([launch.id])).get(launch.id) ?? assert.fail();
  assert.equal(again.memoryLimitBytes, memoryBytes);
  assert(again.cpuSeconds >= usage.cpuSeconds);
});

test("an application at its memory limit is told as out of memory", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const launch = subject.pair({ kind: "fills-its-memory" }, { limits: { memoryBytes: 96 << 20 } });
  await subject.runtime.launch(launch);
  const exit = await recorder.exitOf(launch.id);
  assert.deepEqual([exit.code, exit.signal, exit.outOfMemory], [null, "SIGKILL", true]);
});

test("an image finds its secrets in files, which end with it", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const secrets = { TOKEN: "s3cret-value", OTHER: "two\nlines" };
  const launch = subject.pair({ kind: "tells-its-files" }, { secrets });
  await subject.runtime.launch(launch);
  const volumes = (await subject.inspect(launch.id)).flatMap(({ Mounts }) => Mounts);
  assert.deepEqual(
    volumes.map(({ Destination }) => Destination),
    ["/run/secrets"],
  );
  await recorder.exitOf(launch.id);
  const said = ["OTHER two", "lines", "TOKEN s3cret-value"];
  assert.deepEqual(
    linesOf(recorder, launch.id).filter((line) => line !== "idling"),
    said,
  );
  await subject.runtime[Symbol.asyncDispose]();
  const volume = subject.engine.call("GET", `/volumes/${volumes[0]?.Name}`);
  await assert.rejects(volume, { status: 404 });
  await subject.restart();
});

test("what the engine shows of a worker holds no secret, no credentials and no password", async () => {
  await using subject = await RuntimeUnderTest.start();
  const hidden = {
    secrets: { TOKEN: "hidden-token" },
    credentials: "hidden-credentials",
    container: {
      ...subject.pair({ kind: "idles" }).container,
      registry: { username: "acme", password: "hidden-password" },
    },
  };
  const pair = subject.pair({ kind: "idles" }, hidden);
  const single = subject.behaving({ kind: "idles" });
  const { container } = single;
  await subject.runtime.launch(pair);
  await subject.runtime.launch({
    ...single,
    ...hidden,
    container: { ...hidden.container, ...container },
  });
  for (const { id } of [pair, single]) {
    const shown = JSON.stringify(await subject.inspect(id));
    assert.match(shown, /io\.penstock\.worker/);
    assert.doesNotMatch(shown, /hidden-/);
  }
});

test("neither container can write, gain privileges or has capabilities; what the pool asks for it gets", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const none = "CapEff:\t0000000000000000,CapBnd:\t0000000000000000,NoNewPrivs:\t1";
  const files = "files EROFS,EROFS,written";
  const pair = subject.pair({ kind: "tells-its-bounds" });
  const single = subject.behaving({ kind: "tells-its-bounds" });
  const { container } = single;
  const loose = subject.behaving(
    { kind: "tells-its-bounds" },
    { container: { ...container, user: "0:0", capabilities: ["CHOWN"], readOnlyRoot: false } },
  );
  const told = async (launch: typeof pair) => {
    await subject.runtime.launch(launch);
    await recorder.exitOf(launch.id);
    return linesOf(recorder, launch.id).filter((line) => line !== "idling");
  };
  assert.deepEqual(await told(pair), [none, files, "user 1000"]);
  assert.deepEqual(await told(single), [none, files, "user 1000"]);
  assert.deepEqual(await told(loose), [
    "CapEff:\t0000000000000001,CapBnd:\t0000000000000001,NoNewPrivs:\t1",
    "files written,written,written",
    "user 0",
  ]);
});

test("a pair joins the networks of its pool, and sees its volumes", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  const name = `penstock-${subject.installation}-database`;
  await subject.engine.call("POST", "/networks/create", { body: { Name: name } });
  try {
    const { container } = subject.pair({ kind: "idles" });
    const source = `${name}-files`;
    const volumes = [{ source, target: "/data", readOnly: false }];
    const launch = subject.pair(
      { kind: "idles" },
      { container: { ...container, networks: [name], volumes } },
    );
    await subject.runtime.launch(launch);
    const shown = await subject.inspect(launch.id);
    const host = shown.find(({ Config }) => Config.Labels["io.penstock.role"] === "host");
    const networks = Object.keys(host?.NetworkSettings.Networks ?? {});
    assert.deepEqual(networks.toSorted(), [`penstock-${subject.installation}`, name]);
    const mounts = shown.flatMap(({ Mounts }) => Mounts);
    assert.deepEqual(
      mounts.map(({ Name, Destination }) => [Name, Destination]),
      [[source, "/data"]],
    );
    await subject.runtime.kill(launch.id);
    await recorder.exitOf(launch.id);
    await subject.restart();
    // What has a name is not ours to remove.
    await subject.engine.call("DELETE", `/volumes/${source}`);
  } finally {
    await subject.engine.call("DELETE", `/networks/${name}`);
  }
});
