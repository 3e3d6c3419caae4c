import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { acceptValue, newKey, openingFields } from "./websocket-handshake.ts";

/** RFC 6455 §1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

test("a key's accept value is that of RFC 6455 §1.3", () => {
  assert.equal(acceptValue(KEY), ACCEPT);
});

test("each key is another 16 bytes in Base64 (RFC 6455 §4.1)", () => {
  const keys = Array.from({ length: 100 }, newKey);
  assert.equal(new Set(keys).size, 100);
  for (const key of keys) assert.match(key, /^[A-Za-z0-9+/]{22}==$/);
});

suite("the fields of a 101", () => {
  test("are those of the 200, without the accept value (RFC 8441 §5)", () => {
    const fields = ["X-One", "1", "Sec-WebSocket-Accept", ACCEPT, "Sec-WebSocket-Protocol", "chat"];
    assert.deepEqual(openingFields(fields, KEY), ["X-One", "1", "Sec-WebSocket-Protocol", "chat"]);
  });

  const none: readonly (readonly [title: string, fields: readonly string[]])[] = [
    ["no accept value", ["X-One", "1"]],
    ["another key's", ["Sec-WebSocket-Accept", acceptValue("another")]],
    ["an empty one", ["sec-websocket-accept", ""]],
    ["it in lower case", ["Sec-WebSocket-Accept", ACCEPT.toLowerCase()]],
    ["it twice", ["Sec-WebSocket-Accept", ACCEPT, "sec-websocket-accept", ACCEPT]],
    ["it and a wrong one", ["Sec-WebSocket-Accept", ACCEPT, "Sec-WebSocket-Accept", "x"]],
  ];
  for (const [title, fields] of none)
    test(`with ${title} open nothing (RFC 6455 §4.1)`, () =>
      assert.equal(openingFields(fields, KEY), undefined));
});
