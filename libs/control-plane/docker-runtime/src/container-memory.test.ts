// What a container holds, by what its kernel tells.

import assert from "node:assert/strict";
import test from "node:test";
import { heldBytes, type MemoryStats } from "./container-memory.ts";

const cases: readonly (readonly [string, MemoryStats, number | undefined])[] = [
  ["cgroup 2: anonymous pages", { usage: 900, stats: { anon: 300, inactive_file: 500 } }, 300],
  [
    "cgroup 1: resident and swapped",
    { usage: 900, stats: { total_rss: 200, total_swap: 50 } },
    250,
  ],
  ["a kernel that tells less", { usage: 900, stats: { inactive_file: 500 } }, 400],
  ["one that tells nothing more", { usage: 900 }, 900],
  ["a container that does not run", {}, undefined],
];

for (const [name, stats, bytes] of cases) test(name, () => assert.equal(heldBytes(stats), bytes));
