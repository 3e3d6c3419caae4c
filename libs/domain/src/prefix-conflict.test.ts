import assert from "node:assert/strict";
import { test } from "node:test";
import { givenPrefix } from "./given-routing.ts";
import { findConflicts, type PrefixConflict } from "./prefix-conflict.ts";

function conflictsOf(...prefixes: readonly string[]): readonly PrefixConflict[] {
  return findConflicts(prefixes.map((prefix) => givenPrefix(prefix)));
}

test("prefixes in different categories, on different ports or paths are no conflict", () => {
  const prefixes = [
    "http://+:80/a/",
    "http://*:80/a/",
    "http://b.example:80/a/",
    "http://[::1]:80/a/",
  ];
  assert.deepEqual(conflictsOf(...prefixes, "http://+:80/", "https://+:443/a/"), []);
});

test("the same prefix twice, in whatever spelling, already exists", () => {
  const [conflict, ...others] = conflictsOf("http://a:80/", "http://b:80/x/", "http://B:80/X/");
  assert.deepEqual(others, []);
  assert.deepEqual(
    { ...conflict, message: undefined },
    {
      kind: "already_exists",
      index: 2,
      existingIndex: 1,
      message: undefined,
    },
  );
  assert.match(`${conflict?.message}`, /http:\/\/b:80\/x\/ is registered twice; remove one/);
});

test("http and https cannot share a port; the first prefix decides", () => {
  const conflicts = conflictsOf(
    "https://a:443/",
    "http://b:443/",
    "https://c:443/",
    "http://b:443/",
  );
  assert.deepEqual(
    conflicts.map(({ kind, index, existingIndex }) => [kind, index, existingIndex]),
    [
      ["scheme_conflict", 1, 0],
      ["scheme_conflict", 3, 0],
    ],
  );
  assert.match(`${conflicts[0]?.message}`, /port 443 already speaks https; give http:\/\/b:443\//);
});
