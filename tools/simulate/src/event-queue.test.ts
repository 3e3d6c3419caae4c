import assert from "node:assert/strict";
import { test } from "node:test";
import { EventQueue } from "./event-queue.ts";
import { seeded } from "./random.ts";

test("events come out by time, whatever the order in which they went in", () => {
  const random = seeded(1);
  const queue = new EventQueue();
  const times = Array.from({ length: 1000 }, random);
  for (const at of times) queue.add({ at });
  assert.equal(queue.next?.at, Math.min(...times));
  const out = times.map(() => queue.take()?.at);
  assert.deepEqual(
    out,
    times.toSorted((one, other) => one - other),
  );
  assert.equal(queue.take(), undefined);
});
