import assert from "node:assert/strict";
import test from "node:test";
import { parserReason } from "./client-error.ts";

const packet = (text: string) => ({ rawPacket: Buffer.from(text), bytesParsed: text.length });

const errors: readonly (readonly [error: object, reason: string])[] = [
  [{ code: "HPE_HEADER_OVERFLOW", ...packet("GET / HTTP/1.1\r\nX: aaa") }, "FieldLength"],
  [{ code: "HPE_HEADER_OVERFLOW", ...packet("GET /aaaa") }, "URL_Length"],
  [{ code: "HPE_INVALID_METHOD" }, "Verb"],
  [{ code: "HPE_INVALID_URL" }, "URL"],
  [{ code: "HPE_INVALID_VERSION", reason: "Invalid HTTP version" }, "Version_N/S"],
  [{ code: "HPE_INVALID_VERSION", reason: "Expected CRLF after version" }, "BadRequest"],
  [{ code: "HPE_PAUSED_H2_UPGRADE" }, "Version_N/S"],
  [{ code: "HPE_INVALID_HEADER_TOKEN" }, "Header"],
  [{ code: "HPE_UNEXPECTED_SPACE" }, "Header"],
  [{ code: "HPE_CHUNK_EXTENSIONS_OVERFLOW" }, "EntityTooLarge"],
  [{ code: "HPE_INVALID_EOF_STATE" }, "Client_Reset"],
  [{ code: "HPE_INVALID_CONSTANT" }, "BadRequest"],
  [{}, "BadRequest"],
];

for (const [error, reason] of errors) {
  test(`${JSON.stringify(error).slice(0, 80)} is ${reason}`, () => {
    assert.equal(parserReason(Object.assign(new Error("parser"), error)), reason);
  });
}
