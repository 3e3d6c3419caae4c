// What becomes of an HTTP/2 header section, with the sections of the RFCs that say so.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ReasonPhrase } from "@penstock/domain";
import { requestFields, type RequestFields } from "./request-fields.ts";

type Fields = readonly (readonly [name: string, value: string])[];

const GET: Fields = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "shop.example"],
  [":path", "/chat?a=b"],
];

/** As in RFC 8441 §5.1. */
const CONNECT: Fields = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "https"],
  [":path", "/chat?a=b"],
  [":authority", "shop.example"],
  ["sec-websocket-protocol", "chat, superchat"],
  ["sec-websocket-extensions", "permessage-deflate"],
  ["sec-websocket-version", "13"],
  ["origin", "https://www.example"],
];

const read = (fields: Fields, { ended = true, bytesMax = 1000 } = {}): RequestFields =>
  requestFields(fields.flat(), { ended, bytesMax, newKey: () => "the key" });

/** The same with other values, or without a field. */
const changed = (fields: Fields, changes: Readonly<Record<string, string | undefined>>): Fields =>
  fields
    .filter(([name]) => !(name in changes) || changes[name] !== undefined)
    .map(([name, value]) => [name, changes[name] ?? value]);

suite("an extended CONNECT for a WebSocket (RFC 8441 §5)", () => {
  test("is a GET that asks to upgrade, with a key of ours", () => {
    for (const ended of [false, true]) {
      const { method, target, rawHeaders, webSocketKey, refusal } = read(CONNECT, { ended });
      assert.deepEqual([method, target, refusal], ["GET", "/chat?a=b", undefined]);
      assert.equal(webSocketKey, "the key");
      assert.deepEqual(rawHeaders, [
        "host", "shop.example",
        "sec-websocket-protocol", "chat, superchat",
        "sec-websocket-extensions", "permessage-deflate",
        "sec-websocket-version", "13",
        "origin", "https://www.example",
        "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Key", "the key",
      ]); // prettier-ignore
    }
  });

  test("may name its protocol in any case (RFC 9110 §7.8)", () => {
    const { rawHeaders, refusal } = read(changed(CONNECT, { ":protocol": "WebSocket" }));
    assert.equal(refusal, undefined);
    assert.equal(
      rawHeaders[rawHeaders.indexOf("Upgrade", rawHeaders.indexOf("Upgrade") + 1) + 1],
      "websocket",
    );
  });

  test("is not asked for its key (§5)", () => {
    const { rawHeaders } = read([
      ...CONNECT,
      ["sec-websocket-key", "its own"],
      ["x-of", "sec-websocket-key"],
      ["sec-websocket-key", "another"],
    ]);
    assert.ok(!rawHeaders.includes("its own") && !rawHeaders.includes("another"));
    assert.equal(rawHeaders.filter((field) => /^sec-websocket-key$/i.test(field)).length, 2);
  });

  test("has one Cookie of all crumbs (RFC 9113 §8.2.3)", () => {
    const { rawHeaders } = read([...CONNECT, ["cookie", "a=1"], ["cookie", "b=2"]]);
    assert.equal(rawHeaders[rawHeaders.indexOf("cookie") + 1], "a=1; b=2");
  });
});

const refusals: readonly (readonly [title: string, fields: Fields, reason: ReasonPhrase])[] = [
  ["CONNECT without a protocol (RFC 9113 §8.5)", changed(CONNECT, { ":protocol": undefined }), "Verb"],
  ["CONNECT for another protocol (RFC 9220 §3)", changed(CONNECT, { ":protocol": "connect-udp" }), "Verb"],
  ["CONNECT for two protocols (RFC 8441 §4)", changed(CONNECT, { ":protocol": "websocket, h2c" }), "Verb"],
  ["CONNECT for no protocol (RFC 8441 §4)", changed(CONNECT, { ":protocol": "" }), "Verb"],
  ["a protocol with GET (RFC 8441 §4)", changed(CONNECT, { ":method": "GET" }), "BadRequest"],
  ["a WebSocket of plain http (RFC 8441 §5)", changed(CONNECT, { ":scheme": "http" }), "BadRequest"],
  ["a WebSocket of scheme wss (RFC 8441 §5)", changed(CONNECT, { ":scheme": "wss" }), "BadRequest"],
  ["a WebSocket with another Host (RFC 9113 §8.3.1)", [...CONNECT, ["host", "other"]], "BadRequest"],
  ["a WebSocket with a length (RFC 9110 §9.3.6)", [...CONNECT, ["content-length", "0"]], "BadRequest"],
  ["a WebSocket with a line feed", [...CONNECT, ["x", "a\nb"]], "BadRequest"],
  ["a WebSocket with too much", [...CONNECT, ["x", "y".repeat(1000)]], "FieldLength"],
  ["a method that nobody knows (RFC 9110 §9.1)", changed(GET, { ":method": "BREW" }), "Verb"],
]; // prettier-ignore

suite("refused as it was asked is", () => {
  for (const [title, fields, reason] of refusals) {
    test(`${title}: ${reason}`, () => {
      const { method, refusal, webSocketKey, rawHeaders } = read(fields);
      assert.equal(refusal, reason);
      assert.equal(method, fields[0]?.[1]);
      assert.equal(webSocketKey, undefined);
      assert.ok(!rawHeaders.includes("Upgrade"));
    });
  }
});

test("a body of unknown length is announced as chunked (RFC 9112 §6.1)", () => {
  const post = changed(GET, { ":method": "POST" });
  assert.deepEqual(read(post, { ended: false }).rawHeaders.slice(2), [
    "transfer-encoding",
    "chunked",
  ]);
  assert.deepEqual(read(post).rawHeaders.slice(2), []);
  const measured = read([...post, ["content-length", "5"]], { ended: false });
  assert.deepEqual(measured.rawHeaders.slice(2), ["content-length", "5"]);
});
