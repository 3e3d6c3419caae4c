import assert from "node:assert/strict";
import { test } from "node:test";
import { partOf } from "./penstock-parts.ts";

test("a process is known by its command line", () => {
  const expected: [string, string[]][] = [
    ["listener", ["/any/bin/node", "/any/apps/listener/src/main.ts"]],
    ["controller", ["node", "/any/apps/controller/src/main.ts"]],
    ["nats-server", ["/cache/nats-server", "-c", "nats-server.conf"]],
  ];
  for (const [part, given] of expected) assert.equal(partOf(given), part);
});

test("workers are known by their records, and strangers not at all", () => {
  assert.equal(partOf(["node", "/any/apps/worker/src/main.ts"]), undefined);
  assert.equal(partOf(["node"]), undefined);
  assert.equal(partOf([]), undefined);
});
