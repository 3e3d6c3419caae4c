import assert from "node:assert/strict";
import { test } from "node:test";
import { parseResponseHead, parseTrailers } from "./response-head.ts";

test("status, reason and fields are read as they stand", () => {
  const text =
    "HTTP/1.1 299 Very Fine\r\nX-A: 1: 2\r\nEmpty: \r\nset-cookie: a\r\nSet-Cookie: b\r\n\r\n";
  assert.deepEqual(parseResponseHead(text, false), {
    head: {
      status: 299,
      statusMessage: "Very Fine",
      rawHeaders: ["X-A", "1: 2", "Empty", "", "set-cookie", "a", "Set-Cookie", "b"],
    },
    contentLength: undefined,
  });
});

test("a head without fields and reason is one", () => {
  const { head } = parseResponseHead("HTTP/1.1 204 \r\n\r\n", false);
  assert.deepEqual(head, { status: 204, statusMessage: "", rawHeaders: [] });
});

test("hop-by-hop fields go, and those that Connection names", () => {
  const text =
    "HTTP/1.1 200 OK\r\nX-Hop: 1\r\nConnection: x-hop\r\nKeep-Alive: timeout=5\r\nX: 1\r\n\r\n";
  assert.deepEqual(parseResponseHead(text, false).head.rawHeaders, ["X", "1"]);
});

for (const [fields, chunked, length] of [
  ["Content-Length: 12\r\n", false, 12],
  ["content-length: 12\r\nContent-Length: 12\r\n", false, 12],
  ["Content-Length: 12\r\nContent-Length: 13\r\n", false, Number.NaN],
  ["Content-Length: -1\r\n", false, Number.NaN],
  ["Content-Length: 1e3\r\n", false, Number.NaN],
  ["Content-Length: 12\r\nTransfer-Encoding: chunked\r\n", true, undefined],
] as [string, boolean, number | undefined][]) {
  test(`${JSON.stringify(fields)} announces ${length}`, () => {
    const { contentLength, head } = parseResponseHead(`HTTP/1.1 200 OK\r\n${fields}\r\n`, chunked);
    assert.equal(contentLength, length);
    if (chunked) assert.deepEqual(head.rawHeaders, []);
  });
}

test("trailers are pairs", () => {
  assert.deepEqual(parseTrailers("0\r\nX-Sum: 4\r\nY: \r\n\r\n"), ["X-Sum", "4", "Y", ""]);
});
