import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { startTimeOf } from "@penstock/process-runtime";
import { hasEnded, thisController } from "./this-controller.ts";

test("a process of this machine has ended when it is gone, or its pid is another's", async () => {
  const self = thisController("127.0.0.1:9180");
  assert.equal(hasEnded(self), false);
  assert.equal(hasEnded({ ...self, startTime: "another" }), true);
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: "pipe" });
  const { pid = 0 } = child;
  const other = { ...self, pid, startTime: startTimeOf(pid) ?? "" };
  assert.equal(hasEnded(other), false);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(hasEnded(other), true);
});

test("of another machine's nothing is known", () => {
  const self = thisController("127.0.0.1:9180");
  assert.equal(hasEnded({ ...self, host: "elsewhere", pid: 2 ** 22 }), false);
});

test("no two are the same", () => {
  assert.notEqual(thisController("").id, thisController("").id);
});
