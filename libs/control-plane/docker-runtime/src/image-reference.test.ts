import assert from "node:assert/strict";
import { test } from "node:test";
import { pullQuery, registryOf } from "./image-reference.ts";

const digest = `nginx@sha256:${"a".repeat(64)}`;

for (const [image, query, registry] of [
  ["nginx", { fromImage: "nginx", tag: "latest" }, "docker.io"],
  ["acme/shop:1.4.2", { fromImage: "acme/shop", tag: "1.4.2" }, "docker.io"],
  ["ghcr.io/acme/shop", { fromImage: "ghcr.io/acme/shop", tag: "latest" }, "ghcr.io"],
  ["localhost:5000/shop:2", { fromImage: "localhost:5000/shop", tag: "2" }, "localhost:5000"],
  ["localhost:5000/shop", { fromImage: "localhost:5000/shop", tag: "latest" }, "localhost:5000"],
  [digest, { fromImage: digest }, "docker.io"],
] as const) {
  test(`${image} is pulled from ${registry}`, () => {
    assert.deepEqual(pullQuery(image), query);
    assert.equal(registryOf(image), registry);
  });
}
