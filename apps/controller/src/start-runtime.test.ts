import assert from "node:assert/strict";
import { test } from "node:test";
import { givenPool } from "./given-pool.ts";
import { runtimeWarnings } from "./start-runtime.ts";

const plain = givenPool("plain");
const limited = givenPool("limited", "memory: { limit: 64MiB }");
const image = {
  ...givenPool("shop"),
  application: { kind: "image", image: "acme/shop", port: 80 },
} as const;

test("processes cannot run images, and that is said for all pools at once", () => {
  assert.throws(() => runtimeWarnings("process", [plain, image, { ...image, name: "web" }]), {
    code: "RUNTIME_UNFIT",
    message: "pools that run an image need the docker runtime: shop, web",
    remedy: /--runtime docker/,
  });
});

test("limits that processes do not keep are named", () => {
  assert.deepEqual(runtimeWarnings("process", [plain, limited]), [
    "cpu.limit and memory.limit of pool limited have no effect without containers",
  ]);
});

test("containers run and limit everything", () => {
  assert.deepEqual(runtimeWarnings("docker", [plain, limited, image]), []);
});
