import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import test from "node:test";
import { answerClientError } from "./client-error.ts";

const answers: readonly (readonly [code: string, status: string, reason: string])[] = [
  ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large", "FieldLength"],
  ["HPE_INVALID_METHOD", "501 Not Implemented", "Verb"],
  ["HPE_INVALID_URL", "400 Bad Request", "URL"],
  ["HPE_INVALID_VERSION", "505 HTTP Version Not Supported", "Version_N/S"],
  ["HPE_INVALID_HEADER_TOKEN", "400 Bad Request", "Header"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout", "Timer_HeaderWait"],
  ["HPE_INVALID_CONSTANT", "400 Bad Request", "BadRequest"],
];

for (const [code, status, reason] of answers) {
  test(`a parser's ${code} is answered with ${reason}, and the connection is closed`, () => {
    const socket = new PassThrough();
    answerClientError(Object.assign(new Error("parser"), { code }), socket);
    const [head = "", body = ""] = String(socket.read()).split("\r\n\r\n");
    const [statusLine, ...fields] = head.split("\r\n");
    assert.equal(statusLine, `HTTP/1.1 ${status}`);
    assert(fields.includes("Content-Type: application/problem+json"));
    assert(fields.includes(`Content-Length: ${Buffer.byteLength(body)}`));
    assert(fields.includes("Cache-Control: no-store"));
    assert(fields.includes("Connection: close"));
    assert(fields.some((field) => field.endsWith(`; details="${reason}"`)));
    assert.equal((JSON.parse(body) as { reason: string }).reason, reason);
    assert.equal(socket.writableEnded, true);
  });
}

test("a client that reset its connection gets nothing", () => {
  const socket = new PassThrough();
  answerClientError(Object.assign(new Error("reset"), { code: "ECONNRESET" }), socket);
  assert.equal(socket.read(), null);
  assert.equal(socket.destroyed, true);
});

test("a connection that cannot be written to is only closed", () => {
  const socket = new PassThrough();
  socket.end();
  answerClientError(new Error("parser"), socket);
  assert.equal(socket.destroyed, true);
});
