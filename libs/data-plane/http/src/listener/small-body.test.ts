import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import test from "node:test";
import { ManualClock } from "@penstock/testing";
import { awaitSmallBody, BODY_PAUSE_MS } from "./small-body.ts";

/** A body that is awaited, and what was heard of it. */
function awaited() {
  const clock = new ManualClock();
  const request = new PassThrough();
  const heard: string[] = [];
  awaitSmallBody({
    request,
    clock,
    whole: (body) => heard.push(`whole ${body.toString()}`),
    paused: () => heard.push("paused"),
  });
  return { clock, request, heard };
}

/** Everything that was written or ended has been told. */
const settled = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

test("a body that comes in parts is whole with its end", async () => {
  const { clock, request, heard } = awaited();
  for (const part of ["one", "two", "three"]) {
    request.write(part);
    await settled();
    clock.advance(BODY_PAUSE_MS - 1);
  }
  assert.deepEqual(heard, []);
  request.end();
  await settled();
  assert.deepEqual(heard, ["whole onetwothree"]);
  assert.equal(clock.pendingTimers, 0);
});

test("when its client pauses, the body is told of as paused, and all of it can be read", async () => {
  const { clock, request, heard } = awaited();
  request.write("first");
  await settled();
  request.write(",second");
  await settled();
  clock.advance(BODY_PAUSE_MS);
  assert.deepEqual(heard, ["paused"]);
  assert.equal(clock.pendingTimers, 0);

  request.end(",third");
  await settled();
  assert.deepEqual(heard, ["paused"], "nothing is read before somebody asks");
  request.resume();
  const parts = await request.toArray();
  assert.equal(Buffer.concat(parts).toString(), "first,second,third");
});

test("a body of which nothing came is told of as paused too", async () => {
  const { clock, request, heard } = awaited();
  clock.advance(BODY_PAUSE_MS);
  assert.deepEqual(heard, ["paused"]);
  request.end("late");
  assert.equal(Buffer.concat(await request.toArray()).toString(), "late");
});

test("nobody hears of a body whose client left, and no timer stays", async () => {
  const { clock, request, heard } = awaited();
  request.write("half");
  request.destroy();
  await settled();
  clock.advance(BODY_PAUSE_MS);
  assert.deepEqual(heard, []);
  assert.equal(clock.pendingTimers, 0);
});
