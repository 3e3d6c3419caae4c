import assert from "node:assert/strict";
import test from "node:test";
import { format, inspect } from "node:util";

import { Secret } from "./secret.ts";

const secret = new Secret("hunter2");

const printings: Record<string, () => string> = {
  template: () => `value: ${secret as unknown as string}`,
  concatenation: () => `${String(secret)}.`,
  JSON: () => JSON.stringify({ secret }),
  inspect: () => inspect({ deep: { secret } }, { showHidden: true, depth: 5 }),
  format: () => format("%s %o %j", secret, secret, secret),
};

for (const [way, print] of Object.entries(printings)) {
  test(`a secret shows as *** in ${way}`, () => {
    assert.match(print(), /\*\*\*/);
    assert.doesNotMatch(print(), /hunter2/);
  });
}

test("a secret gives its value to the one who asks for it", () => {
  assert.equal(secret.reveal(), "hunter2");
});

test("the properties of a secret hold nothing", () => {
  assert.deepEqual(Object.getOwnPropertyNames(secret), []);
});
