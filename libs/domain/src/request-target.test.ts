import assert from "node:assert/strict";
import { test } from "node:test";
import { readTarget } from "./request-target.ts";

test("asterisk-form asks about the host and is routed like its root", () => {
  assert.deepEqual(readTarget("*"), { path: "/", authority: undefined });
});

test("absolute-form names its own authority, in either scheme and any case", () => {
  assert.deepEqual(readTarget("http://a:80/x?y"), { path: "/x?y", authority: "a:80" });
  assert.deepEqual(readTarget("HTTPS://A/"), { path: "/", authority: "A" });
  assert.deepEqual(readTarget("http://localhost:5000"), { path: "/", authority: "localhost:5000" });
});

test("a query straight after the authority is refused, as HTTP.sys does", () => {
  for (const target of ["http://a?q", "http://a?q=/1/2", "http://a#f"]) {
    assert.equal(readTarget(target), undefined, target);
  }
});

test("authority-form, other schemes and relative paths are no targets", () => {
  for (const target of ["", "a/b", "a:443", "ftp://a/", "http:/a", "**", "?q"]) {
    assert.equal(readTarget(target), undefined, target);
  }
});
