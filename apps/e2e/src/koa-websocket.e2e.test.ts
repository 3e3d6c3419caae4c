// Koa and ws on one http.Server, as applications have them: pages and WebSockets are served side by side by one
// worker, and what one client says the others hear.

import assert from "node:assert/strict";
import test from "node:test";
import { fileURLToPath } from "node:url";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { TestSocket } from "./support/web-socket.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));
const CLIENTS = 5;

const pools = ({ url, application }: Place) => {
  const processModel = { maxProcesses: 1 };
  return {
    module: { urls: [url("/module/")], module: application("koa-websocket"), processModel },
    command: {
      urls: [url("/command/")],
      command: [process.execPath, SERVE, "koa-websocket"],
      processModel,
    },
  };
};

test("Koa and ws on one server are served side by side", async (context) => {
  await withPenstock(pools, async (penstock) => {
    for (const pool of ["module", "command"])
      await context.test(pool, () => converse(penstock, pool));
  });
});

async function converse({ port, origin }: Penstock, pool: string): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => TestSocket.open(`ws://127.0.0.1:${port}/${pool}/room`)),
  );
  const page = await fetch(`${origin}/${pool}/page`);
  assert.deepEqual(await page.json(), { path: `/${pool}/page`, clients: CLIENTS });
  clients[0]?.socket.send("to all");
  for (const client of clients) assert.equal(String(await client.next()), "to all");
  for (const { socket } of clients) socket.close(1000);
  for (const { closing } of clients) assert.equal((await closing).code, 1000);
}
