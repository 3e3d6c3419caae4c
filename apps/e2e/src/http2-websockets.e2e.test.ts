// WebSockets over HTTP/2 (RFC 8441): many on one connection, beside requests, for applications that know HTTP/1.1
// only, in the worker's own process and as a command.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { Agent, WebSocket } from "undici";
import { aCertificate, writeCertificate } from "@penstock/testing";
import { eventually } from "./support/eventually.ts";
import { Http2Client, textOf } from "./support/http2-client.ts";
import { command } from "./support/operate.ts";
import type { Penstock, Place, Pools } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { withLimit } from "./support/with-limit.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));
const MESSAGES = 300;
const SOCKETS = 60;

/** What may be under way between the two ends of a tunnel: windows, sockets and buffers on the way. */
const UNDER_WAY_MAX = 40 * 1024 * 1024;

/** RST_STREAM's code for what nobody needs any more (RFC 9113 §7). */
const CANCEL = 8;

function https(place: Place, applicationPools: Pools): string {
  writeCertificate(join(place.folder, "shop"), aCertificate(["shop.example", "127.0.0.1"]));
  const certificates = [{ host: "shop.example", cert: "shop.crt", key: "shop.key" }];
  return JSON.stringify({ version: 1, applicationPools, tls: { certificates } });
}

const configuration = (place: Place): string =>
  https(place, {
    module: {
      urls: [`https://+:${place.port}/module/`],
      module: place.application("tunnels"),
      concurrency: 128,
    },
    command: {
      urls: [`https://+:${place.port}/command/`],
      command: [process.execPath, SERVE, "tunnels"],
      concurrency: 128,
    },
  });

const lasting = (place: Place): string =>
  https(place, {
    module: {
      urls: [`https://+:${place.port}/module/`],
      module: place.application("tunnels"),
      concurrency: 4,
      processModel: { maxProcesses: 1, shutdownTimeLimit: "7s" },
    },
  });

type Check = (client: Http2Client, pool: string, penstock: Penstock) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  "messages of any size come back as they were": async (client, pool) => {
    using socket = await client.webSocket(`/${pool}/echo`);
    const sent = Array.from({ length: MESSAGES }, (_, n) => randomBytes(sizeOf(n)));
    for (const message of sent) socket.socket.send(message);
    for (const [n, message] of sent.entries()) {
      const got = await withLimit(socket.next(), 30_000, `message ${n}`);
      assert.ok(got.equals(message), `message ${n} of ${message.length} bytes`);
    }
    socket.socket.close(1000);
    assert.equal((await socket.closing).code, 1000);
  },
  "many at once, and requests beside them": async (client, pool, penstock) => {
    const sockets = await Promise.all(
      Array.from({ length: SOCKETS }, () => client.webSocket(`/${pool}/echo`)),
    );
    for (const [n, { socket }] of sockets.entries()) socket.send(`I am ${n}`);
    const pages = Array.from({ length: 20 }, () => client.text(`/${pool}/page`));
    for (const [n, socket] of sockets.entries())
      assert.equal(String(await socket.next()), `I am ${n}`);
    assert.deepEqual(new Set(await Promise.all(pages)), new Set(["plain GET"]));
    assert.equal(await openTunnels(penstock, pool), SOCKETS);
    for (const { socket } of sockets) socket.close(1000);
    for (const { closing } of sockets) assert.equal((await closing).code, 1000);
    await eventually("none is open", () => openTunnels(penstock, pool), {
      found: (open) => open === 0,
    });
  },
  "either end closes, and either may be gone": async (client, pool) => {
    using asked = await client.webSocket(`/${pool}/echo`);
    asked.socket.send("close:4321:because");
    assert.deepEqual(await asked.closing, { code: 4321, reason: "because" });

    using own = await client.webSocket(`/${pool}/echo`);
    own.socket.close(4004, "mine");
    assert.equal((await own.closing).code, 4004);
    await ended(client, pool, /close 4004/);

    using killed = await client.webSocket(`/${pool}/echo`);
    killed.socket.send("terminate");
    assert.equal((await killed.closing).code, 1006);

    const leaver = await client.connect(`/${pool}/echo`);
    leaver.stream.close(CANCEL);
    await ended(client, pool, /close 1006/);
  },
  "each end closes its own half": async (client, pool) => {
    const { stream, fields } = await client.connect(`/${pool}/own`);
    const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
    const sent = all.repeat(4000);
    const came = textOf(stream);
    stream.end(sent, "latin1");
    const text = await came;
    assert.equal(fields["x-own"], "1");
    assert.ok(text === `head ;${sent};${sent.length} bytes, bye`, `${text.length} bytes came`);
    assert.equal(stream.rstCode, 0);
  },
  "an application that refuses is heard": async (client, pool) => {
    const { status, stream } = await client.connect(`/${pool}/refused`);
    assert.deepEqual([status, await textOf(stream)], [401, "who?"]);
  },
  "an application whose client does not read is stopped": async (client, pool) => {
    const { stream } = await client.connect(`/${pool}/flood`);
    stream.pause();
    const flooded = async () => Number(await client.text(`/${pool}/any/flooded`));
    let before = -1;
    await eventually("it stands still", flooded, {
      found: (now) => now > 0 && (now === before || ((before = now), false)),
    });
    assert.ok(before < UNDER_WAY_MAX, `${before} bytes`);
    stream.resume();
    await eventually("it goes on", flooded, { found: (now) => now > before + 2 ** 22 });
    stream.close(CANCEL);
    await ended(client, pool, /socket (?:ECONNRESET|EPIPE)/);
  },
  "a client whose application does not read is stopped, alone": async (client, pool) => {
    const { stream } = await client.connect(`/${pool}/deaf`);
    const size = 2 * UNDER_WAY_MAX;
    let taken = 0;
    const chunk = Buffer.alloc(65_536);
    const heard = textOf(stream);
    const write = (): void => {
      if (taken < size)
        stream.write(chunk, () => {
          taken += chunk.length;
          write();
        });
    };
    write();
    let before = -1;
    // Requests of the same connection are served meanwhile.
    const look = async () => {
      assert.equal(await client.text(`/${pool}/page`), "plain GET");
      return taken;
    };
    await eventually("it stands still", look, {
      found: (now) => now > 0 && (now === before || ((before = now), false)),
    });
    assert.ok(before < UNDER_WAY_MAX, `${before} bytes`);
    await client.text(`/${pool}/any/woken`);
    await eventually("all was taken", () => taken, { found: (now) => now >= size });
    stream.end();
    assert.equal(await heard, "heard you");
  },
};

/** Another client: undici's, which opens its WebSockets so where it has a connection of HTTP/2. */
async function undicis({ port, place }: Penstock, pool: string): Promise<void> {
  const ca = await readFile(join(place.folder, "shop.crt"), "utf8");
  const agent = new Agent({ allowH2: true, connect: { ca } });
  const socket = new WebSocket(`wss://127.0.0.1:${port}/${pool}/echo`, { dispatcher: agent });
  socket.binaryType = "arraybuffer";
  await once(socket, "open");
  const message = randomBytes(300_000);
  socket.send(message);
  const [{ data }] = (await once(socket, "message")) as [{ data: ArrayBuffer }];
  assert.ok(message.equals(Buffer.from(data)));
  socket.close(4005, "done");
  const [{ code }] = (await once(socket, "close")) as [{ code: number }];
  assert.equal(code, 4005);
  await agent.close();
}

test("WebSockets pass over HTTP/2", async (context) => {
  await withPenstock(configuration, async (penstock) => {
    using client = await Http2Client.open(penstock.port);
    for (const pool of ["module", "command"]) {
      for (const [title, check] of Object.entries(checks))
        await context.test(`${pool}: ${title}`, () => check(client, pool, penstock));
      await context.test(`${pool}: undici's client`, () => undicis(penstock, pool));
    }
    await context.test("none of it is an answer broken off", async () => {
      const metrics = await penstock.metrics("listener");
      for (const pool of ["module", "command"]) {
        const of = (name: string, labels = ""): number =>
          metrics.value(`${name}{pool="${pool}"${labels}}`) ?? -1;
        assert.ok(of("penstock_http_tunnel_bytes_total", ',direction="received"') > 10_000_000);
        assert.ok(of("penstock_http_tunnel_bytes_total", ',direction="sent"') > 10_000_000);
        assert.ok(of("penstock_http_tunnels_closed_total", ',end="closed"') > SOCKETS);
        assert.ok(of("penstock_http_tunnels_closed_total", ',end="client"') >= 2);
        assert.ok(of("penstock_http_requests_total", ',method="GET",code="101"') > SOCKETS);
        assert.equal(of("penstock_http_answers_broken_off_total"), 0);
        assert.equal(of("penstock_worker_misbehaviours_total"), 0);
      }
    });
  });
});

test("a WebSocket of HTTP/2 outlives a recycle until the limit, and ends with its worker", () =>
  withPenstock(lasting, async (penstock) => {
    using client = await Http2Client.open(penstock.port);
    using socket = await client.webSocket("/module/echo");
    const [first] = await penstock.untilWorkers("module", 1);
    socket.socket.send("still there");
    assert.equal(String(await socket.next()), "still there");

    const recycled = command(penstock, "pool", "recycle", "module");
    await eventually("another worker has taken over", () => penstock.workers("module"), {
      found: (workers) =>
        workers.some(({ state }) => state === "ready") &&
        workers.some(({ id, state }) => id === first?.id && state === "draining"),
      withinMs: 15_000,
    });
    socket.socket.send("and now");
    assert.equal(String(await socket.next()), "and now");
    // The application hears that its client ended; `ws` takes that for a client that is gone, and closes.
    assert.equal((await socket.closing).code, 1006);
    await recycled;

    const { stream } = await client.connect("/module/own");
    stream.resume();
    const [second] = await penstock.untilWorkers("module", 1);
    const closed = once(stream, "close");
    process.kill(second?.pid ?? 0, "SIGKILL");
    await closed;
    assert.equal(stream.rstCode, CANCEL);
    assert.equal(await client.text("/module/after"), "plain GET", "the connection goes on");
    const metrics = await penstock.metrics("listener");
    const ends = (end: string) =>
      metrics.value(`penstock_http_tunnels_closed_total{pool="module",end="${end}"}`);
    assert.deepEqual([ends("closed"), ends("worker")], [1, 1]);
    assert.equal(metrics.value('penstock_http_answers_broken_off_total{pool="module"}'), 0);
  }));

/** Empty, tiny, around the lengths where a frame's header grows, and large. */
function sizeOf(n: number): number {
  return [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 9, 40][n % 10]! + (n % 97 === 0 ? 900_000 : 0);
}

async function openTunnels(penstock: Penstock, pool: string): Promise<number> {
  const metrics = await penstock.metrics("listener");
  return metrics.value(`penstock_http_tunnels_open{pool="${pool}"}`) ?? -1;
}

/** Waits until the application saw a connection end so. */
async function ended(client: Http2Client, pool: string, how: RegExp): Promise<void> {
  await eventually(`${how} was seen`, () => client.text(`/${pool}/any/ended`), {
    found: (seen) => how.test(seen),
  });
}
