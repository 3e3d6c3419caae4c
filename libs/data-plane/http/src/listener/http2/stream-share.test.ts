import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamShare } from "./stream-share.ts";

/** How many streams may end without an answer before the share is used up. */
function spent(share: StreamShare): number {
  let count = 0;
  while (share.spend()) count++;
  return count;
}

test("a connection's share is a stock that is refilled with time, up to its size", () => {
  let now = 0;
  const share = new StreamShare(() => now);
  assert.equal(spent(share), 200);
  now += 3_600_000;
  assert.equal(spent(share), 200);
});

test("somebody who now and then leaves is never at its end", () => {
  let now = 0;
  const share = new StreamShare(() => now);
  for (let i = 0; i < 10_000; i++) {
    now += 50;
    assert.ok(share.spend());
  }
});
