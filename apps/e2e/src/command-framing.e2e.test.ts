// What reaches a command is newly framed: whatever its client wrote, several readers see the same one request.

import assert from "node:assert/strict";
import test from "node:test";
import { RawConnection } from "./support/raw-connection.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { LAST, strictParsers } from "./support/strict-parsers.ts";

const PARSERS = strictParsers();

/** Fields that mean one connection (RFC 9110 §7.6.1); `TE: trailers` holds for all, the new one's own are apart. */
const HOP_BY_HOP =
  /^(?:keep-alive|proxy-connection|te(?!: trailers\r?$)|upgrade|http2-settings|x-hop):/im;

const HOSTILE_FIELDS = [
  "Connection: keep-alive, X-Hop, Content-Length, Host, Transfer-Encoding",
  "X-Hop: 1",
  "Keep-Alive: timeout=5",
  "Proxy-Connection: keep-alive",
  "TE: trailers",
  "Content_Length: 7",
  "X-Latin: caf\xe9",
];

interface Case {
  readonly name: string;
  readonly requestLine: string;
  readonly fields?: readonly string[];
  readonly body?: string;
  readonly bodyLength?: number;
  readonly target?: string;
  readonly host?: string;
}

const CHUNKS = "5;ext=1\r\nhello\r\n3\r\nyou\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n";
const SMUGGLED = "GET /app/smuggled HTTP/1.1\r\nHost: evil\r\n\r\n";

const cases: readonly Case[] = [
  { name: "GET", requestLine: "GET /app/?q=1 HTTP/1.1", target: "/app/?q=1" },
  { name: "HTTP/1.0", requestLine: "GET /app/ HTTP/1.0" },
  { name: "absolute-form", requestLine: "GET http://other.test/app/ HTTP/1.1", host: "other.test" },
  { name: "OPTIONS", requestLine: "OPTIONS /app/ HTTP/1.1" },
  { name: "POST without length", requestLine: "POST /app/ HTTP/1.1" },
  {
    name: "POST with a body that is a request",
    requestLine: "POST /app/ HTTP/1.1",
    fields: [`Content-Length: 0${SMUGGLED.length}`],
    body: SMUGGLED,
    bodyLength: SMUGGLED.length,
  },
  {
    name: "GET with a body that is a request",
    requestLine: "GET /app/ HTTP/1.1",
    fields: [`Content-Length: ${SMUGGLED.length}`],
    body: SMUGGLED,
    bodyLength: SMUGGLED.length,
  },
  {
    name: "chunks, extensions and trailers",
    requestLine: "POST /app/ HTTP/1.1",
    fields: ["Transfer-Encoding: chunked"],
    body: CHUNKS,
    bodyLength: 8,
  },
];

test(`what a command gets is one request with one meaning to ${Object.keys(PARSERS).join(", ")}`, () =>
  withPenstock(
    ({ url, application }) => ({
      app: { urls: [url("/")], command: [process.execPath, application("recorder")] },
    }),
    async ({ port }) => {
      for (const {
        name,
        requestLine,
        fields = [],
        body = "",
        bodyLength = 0,
        ...expected
      } of cases) {
        using connection = await RawConnection.open(port);
        const head = [requestLine, "Host: shop.test", ...HOSTILE_FIELDS, ...fields].join("\r\n");
        connection.send(`${head}\r\n\r\n${body}`);
        await connection.until("(end)");
        const [, recorded = ""] = connection.received.split("\r\n\r\n");
        const written = Buffer.from(recorded.slice(0, -"(end)".length), "base64");
        const [, lines = ""] = /^[^\r]*\r\n(.*?)\r\n\r\n/s.exec(written.toString("latin1")) ?? [];

        assert.equal(lines.match(/^host:/gim)?.length, 1, `${name}: one Host\n${lines}`);
        assert.doesNotMatch(lines, HOP_BY_HOP, name);
        assert.match(lines, /^connection: (?:keep-alive|close)$/im, name);
        const framings = lines.match(/^(?:content-length|transfer-encoding):/gim) ?? [];
        assert(framings.length <= 1, `${name}: never two framings\n${lines}`);

        const { target = "/app/", host = "shop.test" } = expected;
        const method = requestLine.split(" ")[0];
        for (const [reader, parse] of Object.entries(PARSERS))
          assert.deepEqual(
            await parse(written),
            [
              { method, target, host, bodyLength },
              { method: "GET", target: LAST, host: "last", bodyLength: 0 },
            ],
            `${name}, read by ${reader}`,
          );
      }
    },
  ));
