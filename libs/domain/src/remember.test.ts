import assert from "node:assert/strict";
import { test } from "node:test";
import { remember, rememberedMax } from "./remember.ts";

test("a memory holds the newest entry and never grows beyond its bound", () => {
  const memory = new Map<string, number>();
  for (let n = 0; n < 3 * rememberedMax; n++) {
    remember(memory, `${n}`, n);
    assert.equal(memory.get(`${n}`), n);
    assert.ok(memory.size <= rememberedMax);
  }
});
