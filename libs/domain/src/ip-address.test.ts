import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalAddress, isIpv4 } from "./ip-address.ts";

test("IPv4 is four decimal octets without leading zeros", () => {
  for (const text of ["0.0.0.0", "192.0.2.1", "255.255.255.255"]) assert.ok(isIpv4(text), text);
  for (const text of ["256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", ""]) {
    assert.ok(!isIpv4(text), text);
  }
});

test("an IPv6 address has one spelling", () => {
  assert.equal(canonicalAddress("3FFE:ffff:0::6ECB:0101"), "3ffe:ffff::6ecb:101");
  assert.equal(canonicalAddress("0:0:0:0:0:0:0:1"), "::1");
});

test("an IPv4 address in IPv6 form is the IPv4 address", () => {
  assert.equal(canonicalAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(canonicalAddress("::FFFF:ff00:0102"), "255.0.1.2");
});

test("what is no address has no spelling", () => {
  for (const text of ["", "localhost", "::1%eth0", "1::2::3", ":::", "::1]/x[", "2130706433"]) {
    assert.equal(canonicalAddress(text), undefined, text);
  }
});
