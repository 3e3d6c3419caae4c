import assert from "node:assert/strict";
import { test } from "node:test";
import { cookPath, needsCooking, scanPath } from "./cooked-path.ts";

const limits = {
  segment: `/${"s".repeat(260)}`,
  segments: "/s".repeat(255),
};

test("a path that is cooked already is measured and left alone", () => {
  for (const path of ["/", "/a", "/a/", "/a/b.c/d-e_f~!$&'()*+,;=:@|{}\"<>\\^`", "/a//b", "/a."]) {
    assert.equal(scanPath(path), path.length, path);
    assert.equal(scanPath(`${path}?x=/../%zz\u{1}#A`), path.length, path);
  }
});

test("a path in upper case needs nothing but lower case", () => {
  assert.equal(scanPath("/Api/Users?Q=A"), -"/Api/Users".length);
});

test("any other path needs cooking", () => {
  const paths = [
    "//a",
    "/./a",
    "/a/..",
    "/.well-known",
    "/%61",
    "/a#b",
    "/a b",
    "/\u{7f}",
    "/é",
    "/A%",
  ];
  for (const path of paths) assert.equal(scanPath(path), needsCooking, path);
});

test("the limits on segments belong to both ways", () => {
  for (const path of [
    limits.segment,
    `${limits.segment}/`,
    limits.segments,
    `${limits.segments}/`,
  ]) {
    assert.equal(scanPath(path), path.length);
    assert.notEqual(cookPath(path), undefined);
  }
  const beyond = [`${limits.segment}s`, `${limits.segment}s/a`, `${limits.segments}/s`];
  for (const path of beyond) {
    assert.equal(scanPath(path), needsCooking);
    assert.equal(cookPath(path), undefined);
  }
});

test("other limits on segments than HTTP.sys's belong to both ways too", () => {
  const long = `/${"s".repeat(5000)}`;
  const many = "/s".repeat(1000);
  const none = { segmentLengthMax: Infinity, segmentCountMax: Infinity };
  for (const path of [long, many]) {
    assert.equal(scanPath(path, none), path.length);
    assert.equal(cookPath(path, none), path);
  }
  const few = { segmentLengthMax: 3, segmentCountMax: 2 };
  assert.equal(scanPath("/abc/d", few), "/abc/d".length);
  for (const path of ["/abcd", "/a/b/c"]) {
    assert.equal(scanPath(path, few), needsCooking);
    assert.equal(cookPath(path, few), undefined);
  }
});

test("limits count decoded characters, and dot segments before they go", () => {
  assert.equal(cookPath(`/${"%C3%A9".repeat(260)}`), `/${"é".repeat(260)}`);
  assert.equal(cookPath(`/${"%C3%A9".repeat(261)}`), undefined);
  assert.equal(cookPath("/.".repeat(255)), "/");
  assert.equal(cookPath("/.".repeat(256)), undefined);
});

test("dot segments are removed, escaped or not", () => {
  const cooked = {
    "/a/d/../b/c": "/a/b/c",
    "/a/b/%2E%2e/c": "/a/c",
    "/a/./b/.": "/a/b",
    "/a/b/..": "/a",
    "/../../a": "/a",
    "/a/..": "/",
    "/.well-known/...": "/.well-known/...",
    "/..%2Fa": "/..%2fa",
  };
  for (const [path, expected] of Object.entries(cooked)) assert.equal(cookPath(path), expected);
});

test("slashes collapse where nothing stands before them, and only there", () => {
  assert.equal(cookPath("///base/path1"), "/base/path1");
  assert.equal(cookPath("//a/b//c"), "/a/b//c");
  assert.equal(cookPath("/./%2e//a"), "/a");
  assert.equal(cookPath("/a/..//b"), "/b");
  assert.equal(cookPath("//"), "/");
});

test("the query takes no part", () => {
  assert.equal(cookPath("/A%20b?x=%zz/../\u{1}"), "/a b");
});

test("what no URL has makes none", () => {
  const paths = ["/\u{0}", "/ ", "/\u{7f}", "/\u{e1}", "/葉", "/a#b", "/%", "/%01", "/a/%zz/.."];
  for (const path of paths) assert.equal(cookPath(path), undefined, path);
});
