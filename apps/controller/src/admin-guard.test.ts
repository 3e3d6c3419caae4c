import assert from "node:assert/strict";
import test from "node:test";
import { isLoopback, isOwnOrigin, KnownHosts } from "./admin-guard.ts";

const loopback = new KnownHosts("127.0.0.1");
const open = new KnownHosts("0.0.0.0", "controller, Admin.Example");

for (const [hosts, host, reached, known] of [
  [loopback, "127.0.0.1:9180", "127.0.0.1", true],
  [loopback, "localhost:9180", "127.0.0.1", true],
  [loopback, "LOCALHOST", "127.0.0.1", true],
  [loopback, "[::1]:9180", "::1", true],
  [loopback, "localhost:1", "127.0.0.1", true],
  [loopback, "evil.example:9180", "127.0.0.1", false],
  [loopback, "localhost.evil.example", "127.0.0.1", false],
  [loopback, "127.0.0.1.evil.example", "127.0.0.1", false],
  [loopback, "evil@localhost", "127.0.0.1", false],
  [loopback, "localhost:9180:1", "127.0.0.1", false],
  [loopback, "0.0.0.0:9180", "127.0.0.1", false],
  [loopback, "10.0.0.7", "127.0.0.1", false],
  [loopback, "", "127.0.0.1", false],
  [loopback, undefined, "127.0.0.1", false],
  [open, "10.0.0.7:9180", "10.0.0.7", true],
  [open, "10.0.0.7:9180", "::ffff:10.0.0.7", true],
  [open, "10.0.0.8:9180", "10.0.0.7", false],
  [open, "controller:9180", "10.0.0.7", true],
  [open, "admin.example", "10.0.0.7", true],
  [open, "other.example", "10.0.0.7", false],
  [open, "0.0.0.0", "10.0.0.7", false],
  [new KnownHosts("::", ""), "[::]", "fd00::7", false],
  [new KnownHosts("::", ""), "[fd00::7]:9180", "fd00::7", true],
] as const) {
  test(`Host "${host}" at ${reached} is ${known ? "known" : "unknown"}`, () => {
    assert.equal(hosts.has(host, reached), known);
  });
}

const host = "localhost:9180";

for (const [what, headers, own] of [
  ["no browser", { host }, true],
  ["the same origin", { host, origin: "http://localhost:9180" }, true],
  ["the same origin behind TLS", { host, origin: "https://LOCALHOST:9180" }, true],
  ["a fetch of its own page", { host, "sec-fetch-site": "same-origin" }, true],
  ["an address that was typed", { host, "sec-fetch-site": "none" }, true],
  ["another origin", { host, origin: "http://evil.example" }, false],
  ["another port", { host, origin: "http://localhost:8080" }, false],
  ["the opaque origin", { host, origin: "null" }, false],
  ["an origin without a host", { host, origin: "http://" }, false],
  ["a page of another site", { host, "sec-fetch-site": "cross-site" }, false],
  ["a page of another port", { host, "sec-fetch-site": "same-site" }, false],
] as const) {
  test(`${what} ${own ? "may speak" : "may not speak"}`, () => {
    assert.equal(isOwnOrigin(headers), own);
  });
}

test("loopback is 127.0.0.0/8 and ::1, however the address is written", () => {
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    assert.equal(isLoopback(address), true, address);
  for (const address of ["10.0.0.1", "::", "fd00::1", "::ffff:10.0.0.1", "128.0.0.1", undefined])
    assert.equal(isLoopback(address), false, String(address));
});
