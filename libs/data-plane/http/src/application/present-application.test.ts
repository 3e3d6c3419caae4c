import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { PresentApplication } from "./present-application.ts";

async function withApplication(
  use: (server: Server, application: PresentApplication, told: () => number) => Promise<void>,
): Promise<void> {
  const server = createServer((socket) => socket.on("error", () => {}));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  let told = 0;
  const { port } = server.address() as AddressInfo;
  const application = new PresentApplication(port, () => void told++);
  try {
    await use(server, application, () => told);
  } finally {
    if (server.listening) server.close();
  }
}

test("an application that goes on accepting is there", () =>
  withApplication(async (_server, application, told) => {
    assert.equal(await application.isGone(), false);
    assert.equal(told(), 0);
  }));

test("one that accepts nothing is gone, which is told once", () =>
  withApplication(async (server, application, told) => {
    server.close();
    await once(server, "close");
    assert.deepEqual(await Promise.all([application.isGone(), application.isGone()]), [true, true]);
    assert.equal(await application.isGone(), true);
    assert.equal(told(), 1);
  }));

test("one that accepts for the last time while it is being ended is gone", () =>
  withApplication(async (server, application, told) => {
    server.once("connection", () => server.close());
    assert.equal(await application.isGone(), true);
    assert.equal(told(), 1);
  }));
