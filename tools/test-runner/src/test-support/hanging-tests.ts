// A test that never ends, for the reporter's own test.

import { test } from "node:test";

test("passes", () => {});

test("hangs", async () => {
  const forever = setInterval(() => {}, 1000);
  await new Promise<never>(() => {});
  clearInterval(forever);
});
