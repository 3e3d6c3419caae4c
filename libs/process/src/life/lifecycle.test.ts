import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const program = new URL("test-support/process-under-test.ts", import.meta.url);

/** A real child process in one of the scenarios. */
class Child implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  stderr = "";
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor(scenario: string, { logging = false, env = {} } = {}) {
    const argv = logging ? [scenario, "logging"] : [scenario];
    this.process = fork(program, argv, {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { PATH: process.env["PATH"], ...env },
    });
    this.process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    const lines = createInterface({ input: this.process.stdout! });
    lines.on("line", (line) => this.lines.push(line));
    // Not "close": it does not come to a parent that gave up the channel.
    const ends = [once(lines, "close"), once(this.process.stderr!, "close")];
    this.ended = Promise.all([once(this.process, "exit"), ...ends]).then(([exit]) =>
      (exit as [number | null, NodeJS.Signals | null]).find((end) => end !== null)!,
    );
  }

  async says(expected: string): Promise<void> {
    while (!this.lines.includes(expected)) {
      assert.equal(this.process.exitCode, null, `ended without "${expected}": ${this.stderr}`);
      await sleep(5);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.ended;
  }
}

const orderly = [
  "running",
  "asked to stop",
  "second part stops",
  "second part stopped",
  "first part stopped",
];

suite("a stop is the mirror of the start", { concurrency: 2 }, () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    test(`${signal} stops the parts in reverse order and exits with 0`, async () => {
      await using child = new Child("runs");
      await child.says("running");
      child.signal(signal);
      assert.equal(await child.ended, 0);
      assert.deepEqual(child.lines, orderly);
      assert.equal(child.stderr, "");
    });

  test("a part that wants the process to end is obeyed as a signal is", async () => {
    await using child = new Child("stops by itself");
    assert.equal(await child.ended, 0);
    assert.deepEqual(child.lines, orderly);
  });

  test("the end of the lifeline counts as SIGTERM", async () => {
    await using child = new Child("runs");
    await child.says("running");
    child.process.disconnect();
    assert.equal(await child.ended, 0);
    assert.deepEqual(child.lines, orderly);
  });

  test("a part that cannot go on stops the process in order, with its reason and with 1", async () => {
    await using child = new Child("fails later");
    assert.equal(await child.ended, 1);
    assert.deepEqual(child.lines, orderly);
    assert.equal(child.stderr, "test: The broker is gone\n");
  });
});

suite("a second signal kills", { concurrency: 2 }, () => {
  test("within 500 ms it is the same wish, after that it kills", async () => {
    await using child = new Child("stops slowly");
    await child.says("running");
    child.signal("SIGINT");
    child.signal("SIGTERM");
    await child.says("second part stops");
    await sleep(700);
    assert.equal(child.process.exitCode, null);
    child.signal("SIGINT");
    assert.equal(await child.ended, 130);
    assert.ok(!child.lines.includes("first part stopped"));
  });

  test("a parent that leaves while its child drains does not cut the drain", async () => {
    await using child = new Child("stops slowly");
    await child.says("running");
    child.signal("SIGTERM");
    await child.says("second part stops");
    await sleep(600);
    child.process.disconnect();
    await sleep(200);
    assert.equal(child.process.exitCode, null);
    child.signal("SIGTERM");
    assert.equal(await child.ended, 143);
  });
});

suite("one deadline for the whole stop", { concurrency: 2 }, () => {
  test("a stop that overruns it ends the process with 1", async () => {
    await using child = new Child("never stops", { logging: true });
    await child.says("running");
    child.signal("SIGTERM");
    assert.equal(await child.ended, 1);
    assert.match(child.lines.join("\n"), /"event":"process.stop_overran","limitMs":300/);
  });

  test("what drains is cut before the deadline, and the rest stops in order", async () => {
    await using child = new Child("lets go when it is cut");
    await child.says("running");
    child.signal("SIGTERM");
    assert.equal(await child.ended, 0);
    assert.deepEqual(child.lines.slice(2), [
      "second part stops",
      "cut",
      "second part stopped",
      "first part stopped",
    ]);
  });
});

suite("a start that fails unwinds", { concurrency: 2 }, () => {
  test("a failure of the world is told as what, why and what to do, and exits with 1", async () => {
    await using child = new Child("start is refused");
    assert.equal(await child.ended, 1);
    assert.deepEqual(child.lines, ["first part stopped"]);
    assert.equal(
      child.stderr,
      "test: Port 80 cannot be opened\n  because: listen EACCES\n  what to do: Take another port.\n",
    );
  });

  test("under debug it shows the stack too", async () => {
    await using child = new Child("start is refused", { env: { PENSTOCK_LOG_LEVEL: "debug" } });
    assert.equal(await child.ended, 1);
    assert.match(child.stderr, /^ {4}at /m);
  });

  test("settings that are not valid exit with 2, as usage does", async () => {
    await using child = new Child("settings are wrong");
    assert.equal(await child.ended, 2);
    assert.match(child.stderr, /^ {2}--port \(PENSTOCK_PORT\) is missing: a port$/m);
  });

  test("a bug shows its stack", async () => {
    await using child = new Child("start has a bug");
    assert.equal(await child.ended, 1);
    assert.match(child.stderr, /^test: TypeError: not a function\n {4}at /);
  });

  test("a start that gives up because it was told to stop has not failed", async () => {
    await using child = new Child("start takes long", { logging: true });
    await child.says("starting");
    child.signal("SIGTERM");
    assert.equal(await child.ended, 0);
    assert.ok(child.lines.includes("first part stopped"));
    assert.equal(child.stderr, "");
  });
});

suite("a bug ends the process", { concurrency: 2 }, () => {
  for (const [scenario, origin] of [
    ["throws later", "uncaughtException"],
    ["rejects later", "unhandledRejection"],
  ] as const)
    test(`${origin} is logged as fatal, and the process exits with 1 at once`, async () => {
      await using child = new Child(scenario, { logging: true });
      assert.equal(await child.ended, 1);
      const crash = child.lines.find((line) => line.includes("process.crashed")) ?? "";
      assert.match(crash, new RegExp(`"level":"fatal".*"origin":"${origin}".*nobody`));
      assert.ok(!child.lines.includes("first part stopped"));
    });

  test("without a log it is told on stderr", async () => {
    await using child = new Child("throws later");
    assert.equal(await child.ended, 1);
    assert.match(child.stderr, /^test: Error: nobody caught this\n {4}at /);
  });
});

test("the log follows the life of the process", async () => {
  await using child = new Child("runs", { logging: true });
  await child.says("running");
  child.signal("SIGTERM");
  assert.equal(await child.ended, 0);
  const events = child.lines.flatMap((line) => /"event":"(process\.\w+)"/.exec(line)?.[1] ?? []);
  assert.deepEqual(events, ["process.running", "process.stopping", "process.stopped"]);
});
