import assert from "node:assert/strict";
import { test } from "node:test";
import { hostHeaderLengthMax, hostOf } from "./host-header.ts";

test("a Host header names a host in any case, with or without port and final dot", () => {
  assert.equal(hostOf("www.adatum.com"), "www.adatum.com");
  assert.equal(hostOf("WWW.Adatum.com:8080"), "www.adatum.com");
  assert.equal(hostOf("www.adatum.com.:80"), "www.adatum.com");
  assert.equal(hostOf("my_service:0"), "my_service");
  assert.equal(hostOf("localhost:"), "localhost");
});

test("addresses are hosts, IPv6 in brackets and in one spelling", () => {
  assert.equal(hostOf("192.0.2.1:80"), "192.0.2.1");
  assert.equal(hostOf("[0:0::1]:80"), "[::1]");
  assert.equal(hostOf("[::1]"), "[::1]");
  assert.equal(hostOf("[::ffff:192.0.2.1]"), "192.0.2.1");
});

test("a header that is not host and port names nobody", () => {
  const headers = [
    ["", ":80", ".", ".a", "a..b"],
    ["a b", "user@a", "a/b", "a?b", "a,b", "bücher", "*", "+", "a%41"],
    ["a:b", "a:80x", "a:65536", "a:000080", "a:-1", "a::80"],
    ["::1", "[::1", "[]", "[x]", "[::1]80", "[::1]:x", "[::1%25eth0]"],
  ].flat();
  for (const header of headers) assert.equal(hostOf(header), undefined, header);
});

test("a header longer than any host and port is not read", () => {
  const name = "a".repeat(hostHeaderLengthMax);
  assert.equal(hostOf(name), name);
  assert.equal(hostOf(`${name}a`), undefined);
});
