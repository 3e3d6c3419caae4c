import assert from "node:assert/strict";
import { test } from "node:test";
import { givenPrefix } from "./given-routing.ts";
import { registrationsOf, type UrlGroup } from "./url-group.ts";

test("a match in a table of groups tells the group and the prefix", () => {
  const [a, b] = [givenPrefix("http://+:80/a/"), givenPrefix("http://+:80/b/")];
  const group: UrlGroup = { name: "shop", prefixes: [a, b], pool: "shop" };
  assert.deepEqual(registrationsOf([group]), [
    [a, { prefix: a, group }],
    [b, { prefix: b, group }],
  ]);
});
