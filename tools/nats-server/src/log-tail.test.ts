import assert from "node:assert/strict";
import { appendFile, stat, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { temporaryFolder } from "./fake-nats-server.ts";
import { followLog } from "./log-tail.ts";

test("only lines written after the start are passed on, whole ones at once, partial ones later", async () => {
  await using folder = await temporaryFolder();
  const path = folder.at("log");
  await writeFile(path, "of a former run\n");
  const lines: string[] = [];
  await using tail = await followLog(path, (line) => lines.push(line));
  await appendFile(path, "first\nsec");
  await tail.drain();
  assert.deepEqual(lines, ["first"]);
  await appendFile(path, "ond\n");
  await tail.drain();
  assert.deepEqual(lines, ["first", "second"]);
});

test("the newest twenty lines are kept for an error message", async () => {
  await using folder = await temporaryFolder();
  const path = folder.at("log");
  await writeFile(path, "");
  await using tail = await followLog(path, () => {});
  await appendFile(path, Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join(""));
  await tail.drain();
  assert.equal(tail.lastLines.length, 20);
  assert.equal(tail.lastLines[0], "line 10");
});

test("a file above 8 MiB is emptied once it was read, and is followed on", async () => {
  await using folder = await temporaryFolder();
  const path = folder.at("log");
  await writeFile(path, "");
  let count = 0;
  await using tail = await followLog(path, () => count++);
  await appendFile(path, `${"x".repeat(1023)}\n`.repeat(9 * 1024));
  await tail.drain();
  assert.equal(count, 9 * 1024);
  assert.equal((await stat(path)).size, 0);
  await appendFile(path, "after\n");
  await tail.drain();
  assert.equal(tail.lastLines.at(-1), "after");
});
