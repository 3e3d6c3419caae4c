import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordingExchange } from "./recording-exchange.ts";
import type { RequestTemplate } from "./recording-exchange.ts";
import { frameRequest } from "./request-framing.ts";

const T = ["Transfer-Encoding", "chunked"];

/** What came, what goes on, and how long the body is. All have a Host in front. */
const rows: [title: string, came: RequestTemplate, goesOn: string[], length: number][] = [
  ["nothing, and no body", {}, [], 0],
  ["nothing, and a body that is here", { firstBody: "four" }, ["Content-Length", "4"], 4],
  ["nothing, and a body that follows", { streams: true }, T, -1],
  ["a length of what is here", { rawHeaders: ["content-length", "04", "A", "1"], firstBody: "four" }, ["content-length", "4", "A", "1"], 4],
  ["a length that is not that of what is here", { rawHeaders: ["Content-Length", "9"], firstBody: "four" }, ["Content-Length", "4"], 4],
  ["a length of what follows", { rawHeaders: ["Content-Length", "9"], streams: true }, ["Content-Length", "9"], 9],
  ["a length twice", { rawHeaders: ["Content-Length", "9", "Content-Length", "8"], streams: true }, ["Content-Length", "9"], 9],
  ["chunks, here", { rawHeaders: ["TRANSFER-ENCODING", "gzip", "A", "1"], firstBody: "four" }, ["TRANSFER-ENCODING", "chunked", "A", "1"], -1],
  ["chunks and a length", { rawHeaders: ["Content-Length", "9", ...T], streams: true }, T, -1],
  ["chunks twice", { rawHeaders: [...T, "A", "1", ...T], streams: true }, [...T, "A", "1"], -1],
  ["a connection's fields", { rawHeaders: ["Connection", "X-Hop, Content-Length", "X-Hop", "1", "Keep-Alive", "1", "Proxy-Connection", "a", "Upgrade", "b", "Content-Length", "0"] }, ["Content-Length", "0"], 0],
]; // prettier-ignore

for (const [title, came, goesOn, length] of rows) {
  test(`${title}: framed anew`, () => {
    const rawHeaders = ["Host", "a", ...(came.rawHeaders ?? [])];
    const framed = frameRequest(new RecordingExchange({ ...came, rawHeaders }));
    assert.deepEqual(framed, { fields: ["Host", "a", ...goesOn], length });
  });
}

test("a request without a Host gets an empty one", () => {
  const { fields } = frameRequest(new RecordingExchange({ rawHeaders: ["A", "1"] }));
  assert.deepEqual(fields, ["Host", "", "A", "1"]);
});

test("an upgrade keeps what asks for it", () => {
  const rawHeaders = ["Host", "a", "Connection", "Upgrade", "Upgrade", "websocket"];
  const framed = frameRequest(new RecordingExchange({ rawHeaders, upgrade: true }));
  assert.deepEqual(framed, { fields: rawHeaders, length: 0 });
});

test("a length that is no number is not sent", () => {
  for (const length of ["x", "-1", "1, 1", "9".repeat(16)])
    assert.throws(
      () =>
        frameRequest(
          new RecordingExchange({ rawHeaders: ["Content-Length", length], streams: true }),
        ),
      /is no number/,
    );
});
