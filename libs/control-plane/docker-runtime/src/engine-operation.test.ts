import assert from "node:assert/strict";
import { test } from "node:test";
import { engineOperation } from "./engine-operation.ts";

for (const [method, path, operation] of [
  ["GET", "/_ping", "ping"],
  ["GET", "/events", "events"],
  ["GET", "/containers/json", "containers.list"],
  ["POST", "/containers/create", "containers.create"],
  ["GET", "/containers/5f0c/json", "containers.inspect"],
  ["GET", "/containers/5f0c/stats", "containers.stats"],
  ["POST", "/containers/5f0c/start", "containers.start"],
  ["POST", "/containers/5f0c/pause", "containers.pause"],
  ["POST", "/containers/5f0c/unpause", "containers.unpause"],
  ["DELETE", "/containers/5f0c", "containers.remove"],
  ["PUT", "/containers/5f0c/archive", "containers.archive"],
  ["GET", "/images/a%2Fb%3A1/json", "images.inspect"],
  ["POST", "/images/create", "images.pull"],
  ["GET", "/networks/penstock-1", "networks.inspect"],
  ["POST", "/networks/penstock-1/connect", "networks.connect"],
  ["POST", "/containers/5f0c/rename", "containers.rename"],
  ["POST", "/containers/5f0c/resize", "other"],
  ["GET", "/info", "other"],
] as const)
  test(`${method} ${path} is ${operation}`, () => {
    assert.equal(engineOperation(method, path), operation);
  });
