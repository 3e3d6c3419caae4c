import assert from "node:assert/strict";
import { test } from "node:test";
import { settingNotYet } from "../rules/settings-not-yet.ts";
import { notYet } from "./not-yet.ts";

for (const entry of notYet) {
  test(`${entry.key} is a setting of the file`, () => {
    assert.notEqual(settingNotYet(entry), undefined);
  });
}
