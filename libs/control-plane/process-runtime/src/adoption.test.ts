// Workers outlive a controller that is killed: a second, real process launches one and gets SIGKILL.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ear, RuntimeUnderTest, untilGone } from "./test-support/testing-runtime.ts";
import type { TestBehaviour } from "./test-support/testing-worker.ts";

const controllerEntry = fileURLToPath(
  new URL("test-support/testing-controller.ts", import.meta.url),
);

/** Launches a worker from another process and kills that process as soon as `until` says so. */
async function launchElsewhere(
  subject: RuntimeUnderTest,
  behaviour: TestBehaviour,
  until: (line: string) => boolean,
): Promise<{ id: string; told: string[] }> {
  const parameters = [controllerEntry, subject.stateDirectory, JSON.stringify(behaviour)];
  const controller: ChildProcess = spawn(process.execPath, parameters, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  assert.ok(controller.stdout);
  const told: string[] = [];
  let id = "";
  for await (const line of createInterface(controller.stdout)) {
    if (line.startsWith("conformance-")) id = line;
    else told.push(line);
    if (id !== "" && until(line)) controller.kill("SIGKILL");
  }
  if (controller.exitCode === null && controller.signalCode === null)
    await once(controller, "exit");
  assert.equal(controller.signalCode, "SIGKILL");
  return { id, told };
}

function ticks(lines: readonly string[]): number[] {
  return lines.flatMap((line) => (/^tick \d+$/.test(line) ? [Number(line.slice(5))] : []));
}

test("a worker survives the kill of its controller, is adopted, and its exit is seen", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { id } = await launchElsewhere(subject, { kind: "idles" }, (line) => line === "idling");
  using ear = new Ear(subject.runtime);
  const listed = await subject.runtime.list();
  assert.deepEqual(
    listed.map((worker) => [worker.id, worker.pool, worker.generation]),
    [[id, "conformance", "g1"]],
  );
  await subject.runtime.drain(id);
  const exit = await ear.exit(id);
  assert.deepEqual([exit.code, exit.signal], [null, null]);
  assert.deepEqual(await subject.runtime.list(), []);
  // The line that the first controller was killed at may be told again; a start may not.
  const kinds = ear.events.map((event) => event.kind).filter((kind) => kind !== "output");
  assert.deepEqual(kinds, ["exited"]);
});

test("what a worker prints while no controller lives is told by the next one, in order", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { id, told } = await launchElsewhere(
    subject,
    { kind: "ticks" },
    (line) => line === "tick 5",
  );
  using ear = new Ear(subject.runtime);
  await subject.runtime.list();
  const last = ticks(told).at(-1) ?? 0;
  await ear.line(id, new RegExp(`^tick ${last + 20}$`));
  await subject.runtime.drain(id);
  await ear.exit(id);
  const heard = ticks(ear.lines(id));
  const [first = 0] = heard;
  // The controller was killed at some point of a turn: a line or two may be told by both.
  assert.ok(first <= last + 1 && first > last - 10, `told up to ${last}, then from ${first}`);
  assert.deepEqual(
    heard,
    Array.from(heard, (_, index) => first + index),
  );
});

test("an adopted worker that is killed takes its group with it", async () => {
  await using subject = await RuntimeUnderTest.start();
  const { id, told } = await launchElsewhere(subject, { kind: "has-a-child" }, (line) =>
    line.startsWith("child"),
  );
  const child = Number(told[0]?.split(" ")[1]);
  using ear = new Ear(subject.runtime);
  const [worker] = await subject.runtime.list();
  process.kill(worker?.pid ?? 0, "SIGKILL");
  await ear.exit(id);
  await untilGone(child);
});
