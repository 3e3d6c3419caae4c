import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ChildProcesses } from "./child-processes.ts";
import { processesWithin } from "./process-table.ts";

const folder = mkdtempSync(join(realpathSync(tmpdir()), "child-processes-"));
after(() => rmSync(folder, { recursive: true }));

const script = (text: string) => ({
  name: "a test's process",
  executable: process.execPath,
  arguments: ["-e", text],
});

test("a process tells its exit code and what it wrote", async () => {
  await using processes = new ChildProcesses(folder);
  const child = processes.start(script("console.log('said'); process.exit(3)"));
  assert.equal(await child.exited, 3);
  assert.equal(child.output, "said\n");
});

test("a program that is not there rejects, and can be stopped all the same", async () => {
  await using processes = new ChildProcesses(folder);
  const child = processes.start({ name: "none", executable: join(folder, "none"), arguments: [] });
  await assert.rejects(child.exited, { code: "ENOENT" });
  await child.stop();
});

test("the end stops what runs, and nothing starts after it", async () => {
  const processes = new ChildProcesses(folder);
  const child = processes.start(script("setInterval(() => {}, 1000)"));
  await processes[Symbol.asyncDispose]();
  assert.equal(await child.exited, null);
  assert.throws(() => processes.start(script("")), /the run is over/);
});

test("what outlived its parent is ended too", async (context) => {
  if (process.platform !== "linux") return context.skip("there is no /proc");
  const processes = new ChildProcesses(folder);
  const child = processes.start(
    script(
      `const { spawn } = require("node:child_process");
       const orphan = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
       orphan.once("spawn", () => process.exit(0));`,
    ),
  );
  assert.equal(await child.exited, 0);
  assert.equal(processesWithin(folder).length, 1);
  await processes[Symbol.asyncDispose]();
  // The orphan has ended when whoever adopted it has noticed, which is not ours to wait for without limit.
  const latest = performance.now() + 5000;
  while (processesWithin(folder).length > 0 && performance.now() < latest)
    await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(processesWithin(folder), []);
});
