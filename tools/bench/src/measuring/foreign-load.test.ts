import assert from "node:assert/strict";
import { test } from "node:test";
import { startForeignMeter } from "./foreign-load.ts";

test("what others use is between nothing and the whole machine", (context) => {
  if (process.platform !== "linux") return context.skip("there is no /proc");
  const read = startForeignMeter();
  // Own work, so that there is something to leave out.
  const until = performance.now() + 50;
  while (performance.now() < until);
  const cores = read();
  assert.ok(cores >= 0 && cores < 1000, String(cores));
});
