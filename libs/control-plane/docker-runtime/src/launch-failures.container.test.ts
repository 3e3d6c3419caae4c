// A launch that cannot succeed says at which step and why, and leaves nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkerLaunch } from "@penstock/activation";
import { EventRecorder } from "@penstock/activation/conformance";
import { RuntimeUnderTest } from "./test-support/runtime-under-test.ts";
import { startSmallRegistry } from "./test-support/small-registry.ts";

const tiny = { kind: "image", image: "", port: 3000 } as const;

/** Launches, and checks that it fails so and that nothing is left. */
async function assertFails(
  subject: RuntimeUnderTest,
  launch: WorkerLaunch,
  message: RegExp,
): Promise<void> {
  await assert.rejects(subject.runtime.launch(launch), { code: "WORKER_LAUNCH_FAILED", message });
  assert.deepEqual(await subject.containers(), []);
  assert.deepEqual(await subject.runtime.list(), []);
}

test("an image that must not be pulled and is not there", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { container } = subject.pair({ kind: "idles" });
  const launch = subject.pair(
    { kind: "idles" },
    {
      application: { ...tiny, image: "penstock-test/none:1" },
      container: { ...container, pullPolicy: "never" },
    },
  );
  const message =
    /^worker .* cannot be started: image penstock-test\/none:1 is not on the engine, and its pullPolicy is never$/;
  await assertFails(subject, launch, message);
});

test("a network that is not there", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { container } = subject.pair({ kind: "idles" });
  const launch = subject.pair(
    { kind: "idles" },
    { container: { ...container, networks: ["penstock-test-none"] } },
  );
  await assertFails(subject, launch, /network penstock-test-none .*not found/);
});

test("a folder that is not there", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { container } = subject.pair({ kind: "idles" });
  const volumes = [{ source: "/no/such/folder", target: "/data", readOnly: true }];
  const launch = subject.pair({ kind: "idles" }, { container: { ...container, volumes } });
  await assertFails(subject, launch, /cannot be created: .*\/no\/such\/folder/);
});

test("a name that another container has", async () => {
  await using subject = await RuntimeUnderTest.start();
  await using other = await RuntimeUnderTest.start();
  const taken = other.behaving({ kind: "idles" });
  await other.runtime.launch(taken);
  const { id } = taken;
  await assertFails(
    subject,
    subject.pair({ kind: "idles" }, { id }),
    /cannot be created: .*already in use/,
  );
  assert.equal((await other.runtime.list()).length, 1);
});

test("a user whom the image does not know", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { container } = subject.pair({ kind: "idles" });
  const launch = subject.pair({ kind: "idles" }, { container: { ...container, user: "stranger" } });
  const message =
    /container penstock-.*-application of image penstock-test\/behaving-worker cannot be started: .*user stranger/;
  await assertFails(subject, launch, message);
});

test("images come from a registry with a password and with progress, once for all who wait; a program that is missing in them is told by its end", async () => {
  await using subject = await RuntimeUnderTest.start();
  using recorder = new EventRecorder(subject.runtime);
  await using registry = await startSmallRegistry("acme", "s3cret");
  const { container } = subject.pair({ kind: "idles" });
  const image = `${registry.name}/acme/tiny:1`;
  const launch = (password: string, name = image) =>
    subject.pair(
      { kind: "idles" },
      {
        application: { ...tiny, image: name },
        container: { ...container, registry: { username: "acme", password } },
      },
    );
  await assertFails(
    subject,
    launch("wrong"),
    /image localhost:\d+\/acme\/tiny:1 cannot be pulled: /,
  );
  const unknown = `${registry.name}/acme/tiny:2`;
  await assertFails(
    subject,
    launch("s3cret", unknown),
    /tiny:2 cannot be pulled: .*(?:unknown|not found)/,
  );
  subject.told.pulls.length = 0;
  try {
    const launches = [launch("s3cret"), launch("s3cret")];
    const launched = await Promise.all(launches.map((each) => subject.runtime.launch(each)));
    for (const { pulledMs = 0 } of launched) assert(pulledMs > 0, "both waited for the image");
    for (const { id } of launches) {
      assert.equal((await recorder.exitOf(id)).code, 127);
      assert.match(recorder.linesOf(id, "stderr").join(), /exec \/no-such-program failed/);
    }
    assert.deepEqual(subject.told.pulls.at(0), [image, 0]);
    assert.deepEqual(subject.told.pulls.at(-1), [image, 100]);
    assert.equal(subject.told.pulls.filter(([, percent]) => percent === 0).length, 1);
    await subject.restart();
    assert.deepEqual(await subject.containers(), []);
  } finally {
    const path = `/images/${encodeURIComponent(image)}`;
    await subject.engine.call("DELETE", path, { query: { force: "1" } });
  }
});
