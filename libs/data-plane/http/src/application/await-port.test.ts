import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { awaitPort } from "./await-port.ts";
import { freeLoopbackPort } from "./loopback-port.ts";
import { exchangeWith, RecordingExchange } from "./recording-exchange.ts";

const options = { name: "acme/shop", startupTimeLimitMs: 10_000 };

test("an application is hosted as soon as it listens", async () => {
  const port = await freeLoopbackPort();
  const waiting = awaitPort({ ...options, port });
  await using server = createServer((request, response) => response.end(`at ${request.url}`));
  server.listen(port, "127.0.0.1");
  await using application = await waiting;
  assert.equal(
    (await exchangeWith(application.host, { target: "/shop?a=1" })).text,
    "at /shop?a=1",
  );
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

test("a request that an application breaks off is answered so; one that it took with it is not", async () => {
  const port = await freeLoopbackPort();
  const server = createServer((request) => {
    if (request.url === "/gone") server.close();
    request.socket.destroy();
  });
  server.listen(port, "127.0.0.1");
  await using application = await awaitPort({ ...options, port });
  const broken = await exchangeWith(application.host, { target: "/broken" });
  assert.match(broken.resetDetail ?? "", /did not answer/);
  const lost = new RecordingExchange({ target: "/gone" });
  application.host.handle(lost);
  assert.match(
    await application.gone,
    /^acme\/shop does not accept connections on port \d+ any more$/,
  );
  const late = new RecordingExchange({ target: "/late" });
  application.host.handle(late);
  for (const exchange of [lost, late]) assert.deepEqual(exchange.calls, []);
});
