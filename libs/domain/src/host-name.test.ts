import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalHostName, endsInNumber, strangeHostCharacter } from "./host-name.ts";

test("a host name is compared in lower case and without its final dot", () => {
  assert.equal(canonicalHostName("WWW.Adatum.COM."), "www.adatum.com");
  assert.equal(canonicalHostName("my_service"), "my_service");
});

test("letters beyond ASCII become the A-label that clients send", () => {
  assert.equal(canonicalHostName("Bücher.example"), "xn--bcher-kva.example");
  assert.equal(canonicalHostName("xn--bcher-kva.example"), "xn--bcher-kva.example");
});

test("names with empty or too long labels, or too long in all, are none", () => {
  const long = "a".repeat(63);
  assert.equal(canonicalHostName(long), long);
  for (const name of ["", ".", "a..b", ".a", `${long}a`, `${long}.${long}.${long}.${long}`]) {
    assert.equal(canonicalHostName(name), undefined, name);
  }
});

test("letters that IDNA does not know make no name", () => {
  for (const name of ["\u{ffff}.example", "a\u{2100}b"]) {
    assert.equal(canonicalHostName(name), undefined, name);
  }
});

test("the first character that no host has is found", () => {
  assert.equal(strangeHostCharacter("a-b_c.D9"), -1);
  assert.equal(strangeHostCharacter("bücher"), -1);
  assert.equal(strangeHostCharacter("ab@c d"), 2);
});

test("a name whose last label is a number would be read as an address", () => {
  assert.ok(endsInNumber("1.2.3") && endsInNumber("42"));
  assert.ok(!endsInNumber("42.example") && !endsInNumber("a1"));
});
