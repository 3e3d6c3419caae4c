import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import test from "node:test";
import { parseProcessFacts, type ProcessFacts } from "./process-facts.ts";
import { membersOf } from "./process-tree.ts";
import { usageOf } from "./process-usage.ts";

const HELD = 64 * 1024 ** 2;
const BUSY_MS = 300;

/** Holds memory and computes, then says so and waits for its input to end. */
const WORK = `
  const held = Buffer.alloc(${HELD}, 1);
  while (process.cpuUsage().user < ${BUSY_MS * 1000});
  console.log("done");
  process.stdin.resume().on("end", () => process.exit(held.length > 0 ? 0 : 1));
`;

test("what a process started is measured with it, and one that is gone is not", async () => {
  // The shell stays: it has a second command.
  const root = spawn("sh", ["-c", `"$0" -e "$1"; true`, process.execPath, WORK], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { pid = 0 } = root;
  for await (const line of createInterface(root.stdout)) if (line === "done") break;
  const usage = (await usageOf(new Map([["worker", pid]]))).get("worker") ?? assert.fail();
  assert(usage.privateBytes >= usage.workingSetBytes);
  assert(usage.workingSetBytes > HELD, `${usage.workingSetBytes} bytes`);
  assert(usage.memoryLimitBytes > usage.workingSetBytes);
  assert(usage.cpuSeconds >= (0.9 * BUSY_MS) / 1000, `${usage.cpuSeconds} s`);
  root.stdin.end();
  await once(root, "exit");
  assert.equal((await usageOf(new Map([["worker", pid]]))).size, 0);
});

function given(parent: number, session: number): ProcessFacts {
  const line = `7 (a) b) S ${parent} 1 ${session} ${"0 ".repeat(7)}10 5 3 2 ${"9 ".repeat(20)}`;
  return parseProcessFacts(line) ?? assert.fail(line);
}

test("a command may be called as it likes, and the time of its children counts", () => {
  const { parent, session, cpuTicks } = given(12, 13);
  assert.deepEqual([parent, session, cpuTicks], [12, 13, 20]);
  assert.equal(parseProcessFacts(""), undefined);
});

test("whoever gave up its parent is found by its session", () => {
  const table = new Map([
    [10, given(1, 10)],
    [11, given(10, 11)],
    [12, given(1, 11)],
    [20, given(1, 20)],
  ]);
  assert.deepEqual(membersOf(10, table), [10, 11, 12]);
  assert.deepEqual(membersOf(9, table), []);
});
