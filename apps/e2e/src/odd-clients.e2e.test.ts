// Clients that do what they should not harm only themselves.

import assert from "node:assert/strict";
import test from "node:test";
import { RawConnection } from "./support/raw-connection.ts";
import { withPenstock } from "./support/run-penstock.ts";

test("a broken upload never puts a second answer into one that runs", () =>
  withPenstock(
    ({ url, application }) => ({ app: { urls: [url("/app/")], module: application("fidelity") } }),
    async ({ port }) => {
      using connection = await RawConnection.open(port);
      connection.send("POST /app/hang HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      await connection.until("begun");
      connection.send("no chunk\r\n");
      await connection.answer();
      assert.equal(connection.received.match(/HTTP\/1\.1 /g)?.length, 1, connection.received);
    },
  ));

test("a refusal of a request without a body keeps the connection", () =>
  withPenstock(
    ({ url, application }) => ({ app: { urls: [url("/app/")], module: application("fidelity") } }),
    async ({ port }) => {
      using connection = await RawConnection.open(port);
      connection.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
      await connection.until("NotFound");
      connection.send("GET /app/disconnects HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      await connection.answer();
      assert.match(connection.received, /HTTP\/1\.1 404 .*HTTP\/1\.1 200 /s);
    },
  ));

test("a client cannot remove what Penstock says about it", () =>
  withPenstock(
    ({ url, application }) => ({ app: { urls: [url("/app/")], module: application("fidelity") } }),
    async ({ port }) => {
      using connection = await RawConnection.open(port);
      connection.send(
        "GET /app/seen HTTP/1.1\r\nHost: a\r\nConnection: close, X-Forwarded-For, X-Request-Id\r\n\r\n",
      );
      const { body } = await connection.answer();
      assert.match(body, /"X-Forwarded-For","127\.0\.0\.1"/);
      assert.match(body, /"X-Request-Id","/);
    },
  ));

test("a refusal after an answer that could not be written has its own status text", () =>
  withPenstock(
    ({ url }) => ({
      app: {
        urls: [url("/app/")],
        command: [
          process.execPath,
          "-e",
          "require('node:http').createServer((q,s)=>{s.writeHead(200,{Trailer:'X'});s.end('a')}).listen(process.env.PORT,'127.0.0.1')",
        ],
      },
    }),
    async ({ port }) => {
      using connection = await RawConnection.open(port);
      connection.send("GET /app/ HTTP/1.0\r\nHost: a\r\n\r\n");
      const { status } = await connection.answer();
      // Better still: a Trailer field that an HTTP/1.0 client cannot get is dropped, and the answer is 200.
      assert.doesNotMatch(status, /502 OK/);
    },
  ));
