import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { awaitPort } from "./await-port.ts";
import { freeLoopbackPort } from "./loopback-port.ts";
import { exchangeWith } from "./recording-exchange.ts";

const options = { name: "acme/shop", concurrency: 2, startupTimeLimitMs: 10_000 };

test("an application is hosted as soon as it listens", async () => {
  const port = await freeLoopbackPort();
  const waiting = awaitPort({ ...options, port });
  await using server = createServer((request, response) => response.end(`at ${request.url}`));
  server.listen(port, "127.0.0.1");
  await using host = await waiting;
  assert.equal((await exchangeWith(host, { target: "/shop?a=1" })).text, "at /shop?a=1");
});

test("an application that listens elsewhere is told where", async () => {
  const port = await freeLoopbackPort();
  await using server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const other = (server.address() as AddressInfo).port;
  await assert.rejects(awaitPort({ ...options, port, startupTimeLimitMs: 1 }), {
    code: "APPLICATION_NOT_LISTENING",
    message: new RegExp(
      `^acme/shop did not accept connections on port ${port} within 1 ms: .*127\\.0\\.0\\.1:${other}`,
    ),
    remedy: /port/,
  });
});
