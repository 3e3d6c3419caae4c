import assert from "node:assert/strict";
import { test } from "node:test";
import { BodyPace, type BodyLook } from "./body-pace.ts";

const limits = { entityBodyMs: 5000, minReceiveRate: 100 };

/** Looks at a body second by second; the second in which it was found too slow. */
function tooSlowAt(looks: readonly BodyLook[], given = limits): number | undefined {
  const pace = new BodyPace();
  const at = looks.findIndex((look, second) => pace.tooSlow(second * 1000, look, given));
  return at === -1 ? undefined : at;
}

/** What came until each second. */
const coming = (seconds: number, received: (second: number) => number, awaited = true) =>
  Array.from({ length: seconds }, (_, second) => ({ awaited, received: received(second) }));

test("a body that stalls has its time and no more", () =>
  assert.equal(tooSlowAt(coming(100, () => 1)), 5));

test("a byte now and then earns next to nothing", () =>
  assert.equal(tooSlowAt(coming(100, (second) => Math.floor(second / 2))), 6));

test("a body that comes at the rate may take for ever", () =>
  assert.equal(tooSlowAt(coming(1000, (second) => second * 100)), undefined));

test("one that comes a little slower is given up", () =>
  assert.equal(tooSlowAt(coming(1000, (second) => second * 90)), 50));

test("a client that is fast on average may pause", () =>
  assert.equal(tooSlowAt(coming(1000, (second) => Math.floor(second / 5) * 500)), undefined));

test("bytes in plenty do not buy more than the limit", () =>
  assert.equal(tooSlowAt(coming(100, () => 1_000_000)), 5));

test("what comes late is cut off although much came before", () =>
  assert.equal(tooSlowAt([...coming(10, (second) => second * 1e6), ...coming(90, () => 9e6)]), 14));

test("time in which nobody asks for more does not count", () =>
  assert.equal(tooSlowAt(coming(1000, () => 0, false)), undefined));

test("an application that reads a little now and then hurts no client that sends when it is asked", () => {
  const looks = Array.from({ length: 3000 }, (_, second) => ({
    awaited: second % 10 < 2,
    received: Math.floor((second + 8) / 10) * 500_000,
  }));
  assert.equal(tooSlowAt(looks), undefined);
});

test("nor is the time counted until it was asked again", () => {
  const paused = coming(1000, () => 50, false);
  assert.equal(tooSlowAt([...coming(2, () => 50), ...paused, ...coming(10, () => 50)]), 1006);
});

for (const off of [
  { entityBodyMs: 0, minReceiveRate: 100 },
  { entityBodyMs: 5000, minReceiveRate: 0 },
])
  test(`${JSON.stringify(off)} is no limit`, () =>
    assert.equal(
      tooSlowAt(
        coming(1000, () => 1),
        off,
      ),
      undefined,
    ));
