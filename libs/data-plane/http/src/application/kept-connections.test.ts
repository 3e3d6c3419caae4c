// When a connection to an application is used again, and when not.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import { hostPort } from "./forwarding-host.ts";
import { IDLE_CONNECTION_MS } from "./kept-connections.ts";
import { exchangeWith, turn } from "./recording-exchange.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A server, its connections so far, and a host that asks it. */
async function given(answer: (socket: Socket) => void) {
  const stack = new AsyncDisposableStack();
  const connections: Socket[] = [];
  const server: Server = createServer((socket) => {
    connections.push(socket);
    socket.on("error", () => {});
    socket.on("data", () => answer(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  const clock = new ManualClock();
  const host = stack.use(hostPort({ port: (server.address() as AddressInfo).port, clock }));
  return {
    connections,
    clock,
    ask: async () => {
      const exchange = await exchangeWith(host);
      await turn();
      return exchange;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test("a connection is used again until it was idle for a second, then it is closed", async () => {
  await using app = await given((socket) => void socket.write(OK));
  await app.ask();
  app.clock.advance(IDLE_CONNECTION_MS - 1);
  await app.ask();
  assert.equal(app.connections.length, 1);
  const closed = once(app.connections[0] as Socket, "close");
  app.clock.advance(IDLE_CONNECTION_MS);
  app.clock.advance(IDLE_CONNECTION_MS);
  await closed;
  await app.ask();
  assert.equal(app.connections.length, 2);
});

for (const [title, answer] of [
  ["that its application keeps for a second", OK.replace("\r\n", "\r\nKeep-Alive: timeout=1\r\n")],
  [
    "behind whose answer something stands",
    `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`,
  ],
  ["behind whose answer stands no HTTP", `${OK}more`],
] as const) {
  test(`a connection ${title} is not used again, and the answer is whole`, async () => {
    await using app = await given((socket) => void socket.write(answer));
    for (const times of [1, 2]) {
      const exchange = await app.ask();
      assert.deepEqual([exchange.text, exchange.resetDetail], ["ok", undefined]);
      assert.equal(app.connections.length, times);
    }
  });
}

test("what an application says between two requests is no answer to the second", async () => {
  await using app = await given((socket) => void socket.write(OK));
  await app.ask();
  const [first] = app.connections as [Socket];
  const closed = once(first, "close");
  first.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
  await closed;
  assert.equal((await app.ask()).text, "ok");
});

test("a connection that its application ended while it was idle is not used again", async () => {
  await using app = await given((socket) => void socket.write(OK));
  await app.ask();
  const [first] = app.connections as [Socket];
  const closed = once(first, "close");
  first.end();
  await closed;
  assert.equal((await app.ask()).text, "ok");
});

test("a 101 that nobody asked for is a reset", async () => {
  await using app = await given(
    (socket) =>
      void socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
      ),
  );
  assert.match((await app.ask()).resetDetail ?? "", /did not answer/);
});

test("an answer keeps all of its fields, however many", async () => {
  const fields = Array.from({ length: 3000 }, (_, n) => `X-${n}: ${n}\r\n`).join("");
  await using app = await given((socket) => void socket.write(OK.replace("\r\n", `\r\n${fields}`)));
  assert.equal((await app.ask()).field("x-2999"), "2999");
});
