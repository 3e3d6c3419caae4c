import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVersions, minimumVersion, parseVersion, testedVersion } from "./version.ts";

test("the version is read from what the server prints", () => {
  assert.equal(parseVersion("nats-server: v2.15.1\n"), "2.15.1");
  assert.equal(parseVersion("nats-server: v2.12.0-RC.1"), "2.12.0");
  assert.equal(parseVersion("git version two"), undefined);
});

test("versions compare by number, not by letter", () => {
  assert.ok(compareVersions("2.9.10", "2.11.0") < 0);
  assert.ok(compareVersions("2.15.1", "2.15.0") > 0);
  assert.ok(compareVersions("10.0.0", "9.9.9") > 0);
  assert.equal(compareVersions("2.11.0", "2.11.0"), 0);
});

test("the version that is shipped is one that is accepted", () => {
  assert.ok(compareVersions(testedVersion, minimumVersion) >= 0);
});
