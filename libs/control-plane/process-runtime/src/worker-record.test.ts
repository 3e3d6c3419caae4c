import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isAlive, startTimeOf } from "./process-table.ts";
import { observedProcess, readWorkerRecord, writeWorkerRecord } from "./worker-record.ts";

const record = {
  id: "shop-1",
  pool: "shop",
  generation: "g1",
  startedAt: 5,
  pid: 7,
  startTime: "boot/1",
};

test("a record is read as it was written, and nothing lies beside it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "penstock-record-"));
  writeWorkerRecord(join(folder, "process.json"), record);
  assert.deepEqual(readWorkerRecord(join(folder, "process.json")), record);
  assert.deepEqual(await readdir(folder), ["process.json"]);
  assert.ok(!("startTime" in observedProcess(record, false)));
  await rm(folder, { recursive: true });
});

test("a record that is missing, cut short or not whole counts as none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "penstock-record-"));
  const path = join(folder, "process.json");
  assert.equal(readWorkerRecord(path), undefined);
  for (const text of ["", '{"id":', "null", '{"id":"shop-1"}']) {
    await writeFile(path, text);
    assert.equal(readWorkerRecord(path), undefined);
  }
  await rm(folder, { recursive: true });
});

test("a process is known by its start time, and is not alive once it ended", async () => {
  const child = spawn("sleep", ["1000"]);
  const pid = child.pid ?? 0;
  const startTime = startTimeOf(pid) ?? "";
  assert.equal(isAlive({ pid, startTime }), true);
  assert.equal(isAlive({ pid, startTime: "another boot/1" }), false);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(isAlive({ pid, startTime }), false);
  assert.equal(startTimeOf(pid), undefined);
});
