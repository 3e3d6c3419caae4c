import assert from "node:assert/strict";
import { test } from "node:test";
import { isHopByHop, nominatedFields, withoutHopByHop } from "./hop-by-hop.ts";

test("the fields of a connection are known in any case of letters, and no others", () => {
  const connection = [
    "Connection",
    "KEEP-ALIVE",
    "proxy-connection",
    "Transfer-Encoding",
    "upgrade",
  ];
  assert.ok(connection.every(isHopByHop));
  const message = [
    "Host",
    "User-Agent",
    "ETag",
    "Trailer",
    "TE",
    "Expect",
    "Content-Length",
    "X-Requested",
    "",
  ];
  assert.ok(!message.some(isHopByHop));
});

test("Connection names further fields, its options are none", () => {
  assert.equal(nominatedFields("keep-alive"), undefined);
  assert.equal(nominatedFields("Close, Keep-Alive"), undefined);
  assert.deepEqual(nominatedFields(" X-A ,close,,x-b"), new Set(["x-a", "x-b"]));
});

test("a message keeps everything else, in order and case", () => {
  const rawHeaders = [
    "b",
    "1",
    "Connection",
    "X-Hop",
    "A",
    "2",
    "x-hop",
    "gone",
    "connection",
    "y",
    "Y",
    "gone",
    "b",
    "3",
  ];
  assert.deepEqual(withoutHopByHop(rawHeaders), ["b", "1", "A", "2", "b", "3"]);
});
