// WebSockets pass Penstock as if it were not there: for an application in the worker's own process, for a
// command, and for a framework's plugin.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { fileURLToPath } from "node:url";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { TestSocket } from "./support/web-socket.ts";
import { withLimit } from "./support/with-limit.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));
const MESSAGES = 1000;
const SOCKETS = 100;

const pools = ({ url, application }: Place) => ({
  module: { urls: [url("/module/")], module: application("tunnels"), concurrency: 128 },
  command: {
    urls: [url("/command/")],
    command: [process.execPath, SERVE, "tunnels"],
    concurrency: 128,
  },
  fastify: { urls: [url("/fastify/")], module: application("websocket-fastify") },
});

const socketAt = ({ port }: Penstock, path: string): Promise<TestSocket> =>
  TestSocket.open(`ws://127.0.0.1:${port}${path}`);

test("WebSockets pass", async (context) => {
  await withPenstock(pools, async (penstock) => {
    for (const pool of ["module", "command", "fastify"]) {
      await context.test(`${pool}: ${MESSAGES} messages of any size come back as they were`, () =>
        echoes(penstock, `/${pool}/echo`),
      );
    }
    for (const pool of ["module", "command"]) {
      await context.test(`${pool}: ${SOCKETS} sockets at once`, () => crowd(penstock, pool));
      await context.test(`${pool}: closing codes pass both ways, pings are answered`, () =>
        closings(penstock, pool),
      );
    }
    await context.test("tunnels and their bytes are counted, and are no answers broken off", () =>
      counts(penstock),
    );
  });
});

async function echoes(penstock: Penstock, path: string): Promise<void> {
  using client = await socketAt(penstock, path);
  const sent = Array.from({ length: MESSAGES }, (_, n) => randomBytes(sizeOf(n)));
  for (const message of sent) client.socket.send(message);
  for (const [n, message] of sent.entries()) {
    const got = await withLimit(client.next(), 30_000, `message ${n}`);
    assert.ok(got.equals(message), `message ${n} of ${message.length} bytes`);
  }
  client.socket.close(1000);
  assert.equal((await client.closing).code, 1000);
}

/** Empty, tiny, around the lengths where a frame's header grows, and large. */
function sizeOf(n: number): number {
  return [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 9, 40][n % 10]! + (n % 97 === 0 ? 900_000 : 0);
}

async function crowd(penstock: Penstock, pool: string): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: SOCKETS }, () => socketAt(penstock, `/${pool}/echo`)),
  );
  for (const [n, { socket }] of clients.entries()) socket.send(`I am ${n}`);
  for (const [n, client] of clients.entries())
    assert.equal(String(await client.next()), `I am ${n}`);
  const open = (await penstock.metrics("listener")).value(
    `penstock_http_tunnels_open{pool="${pool}"}`,
  );
  assert.equal(open, SOCKETS);
  for (const { socket } of clients) socket.close(1000);
  for (const { closing } of clients) assert.equal((await closing).code, 1000);
  await eventually("no slot is held", () => penstock.pool(pool), {
    found: ({ slots }) => slots.busy === 0,
  });
}

async function closings(penstock: Penstock, pool: string): Promise<void> {
  using asked = await socketAt(penstock, `/${pool}/echo`);
  const pong = once(asked.socket, "pong");
  asked.socket.ping("are you there");
  assert.equal(String((await pong)[0]), "are you there");
  asked.socket.send("close:4321:because");
  assert.deepEqual(await asked.closing, { code: 4321, reason: "because" });

  using own = await socketAt(penstock, `/${pool}/echo`);
  own.socket.close(4004, "mine");
  assert.equal((await own.closing).code, 4004);
  await eventually("the application heard it", () => endsSeen(penstock, pool), {
    found: (ends) => ends.includes("close 4004"),
  });

  using killed = await socketAt(penstock, `/${pool}/echo`);
  killed.socket.send("terminate");
  assert.equal((await killed.closing).code, 1006);

  using leaver = await socketAt(penstock, `/${pool}/echo`);
  leaver.socket.terminate();
  await eventually("the application saw it go", () => endsSeen(penstock, pool), {
    found: (ends) => ends.includes("close 1006"),
  });
}

async function endsSeen({ origin }: Penstock, pool: string): Promise<string[]> {
  return (await (await fetch(`${origin}/${pool}/any/ended`)).json()) as string[];
}

async function counts(penstock: Penstock): Promise<void> {
  const metrics = await eventually("all are closed", () => penstock.metrics("listener"), {
    found: (seen) => seen.value('penstock_http_tunnels_open{pool="module"}') === 0,
  });
  const of = (name: string, labels = ""): number =>
    metrics.value(`${name}{pool="module"${labels}}`) ?? -1;
  assert.ok(of("penstock_http_tunnel_bytes_total", ',direction="received"') > 10_000_000);
  assert.ok(of("penstock_http_tunnel_bytes_total", ',direction="sent"') > 10_000_000);
  assert.ok(of("penstock_http_tunnels_closed_total", ',end="closed"') > SOCKETS);
  assert.equal(of("penstock_http_answers_broken_off_total"), 0);
}
