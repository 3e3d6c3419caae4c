// Whatever else leaves HTTP passes byte for byte, each end's close is the other's, and a tunnel ends when its
// worker, its client or its pool's turn does. Byte for byte as seen on the wire, for an application in the worker's own
// process and for a command.

import assert from "node:assert/strict";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "./support/eventually.ts";
import { command } from "./support/operate.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { exchange, RawConnection } from "./support/raw-connection.ts";
import { withPenstock } from "./support/run-penstock.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));

/** What may be under way between the two ends of a tunnel: windows, sockets and buffers on the way. */
const UNDER_WAY_MAX = 40 * 1024 * 1024;

const pools = ({ url, application }: Place) => ({
  module: { urls: [url("/module/")], module: application("tunnels") },
  command: { urls: [url("/command/")], command: [process.execPath, SERVE, "tunnels"] },
});

type Check = (penstock: Penstock, pool: string) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  "a protocol of its own passes, with what came right behind the head": async (penstock, pool) => {
    using client = await asking(penstock, `/${pool}/own`, "one");
    await client.until("head one;");
    assert.match(
      client.received,
      /^HTTP\/1\.1 101 Own Way\r\nConnection: Upgrade\r\nUpgrade: own\/1\r\nX-Own: 1\r\n\r\nhead one;$/,
    );
    const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
    client.send(all.repeat(4000));
    await client.until(`${all}${all}`);
    await eventually("all came back", () => client.received.length, {
      found: (length) => length > 256 * 4000,
    });
    client.socket.end();
    await client.until(`;${256 * 4000 + 3} bytes, bye`);
    await closed(client);
    assert.ok(client.received.includes(`;${all}${all}`));
  },
  "an application that refuses is heard": async (penstock, pool) => {
    using client = await asking(penstock, `/${pool}/refused`);
    const { status, fields, body } = await client.answer();
    assert.equal(status, "HTTP/1.1 401 Not You");
    assert.equal(body, "who?");
    assert.ok(fields.some((field) => /^connection: close$/i.test(field)));
  },
  "h2c, a body, HTTP/1.0: nothing is upgraded": async (penstock, pool) => {
    const upgrade = ["Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__"];
    for (const [line, ...fields] of [
      ["GET", "Upgrade: h2c", ...upgrade],
      ["GET", "Upgrade: websocket, H2C", ...upgrade],
      ["GET", "Upgrade: TLS/1.0", ...upgrade],
      ["POST", "Upgrade: own/1", "Connection: Upgrade", "Content-Length: 4"],
    ]) {
      const { status, body } = await exchange(penstock.port, `${line} /${pool}/own`, {
        fields,
        body: line === "POST" ? "body" : "",
      });
      assert.equal(status, "HTTP/1.1 200 OK");
      assert.equal(body, `plain ${line}`);
    }
    using old = await RawConnection.open(penstock.port);
    old.send(
      `GET /${pool}/own HTTP/1.0\r\nHost: e2e.test\r\nConnection: Upgrade\r\nUpgrade: own/1\r\n\r\n`,
    );
    assert.equal((await old.answer()).body, "plain GET");
  },
  "an application whose client does not read is stopped": async (penstock, pool) => {
    using client = await asking(penstock, `/${pool}/flood`);
    await client.until("101 Own Way");
    client.socket.pause();
    const flooded = async () => Number(await text(penstock, `/${pool}/any/flooded`));
    let before = -1;
    await eventually("it stands still", flooded, {
      found: (now) => now === before || ((before = now), false),
    });
    assert.ok(before < UNDER_WAY_MAX, `${before} bytes`);
    client.socket.resume();
    await eventually("it goes on", flooded, { found: (now) => now > before + 2 ** 22 });
    client.socket.destroy();
    await eventually("it saw the client go", () => text(penstock, `/${pool}/any/ended`), {
      found: (ended) => /socket (?:ECONNRESET|EPIPE)/.test(ended),
    });
  },
  "a client whose application does not read is stopped": async (penstock, pool) => {
    using client = await asking(penstock, `/${pool}/deaf`);
    await client.until("101 Own Way");
    const chunk = Buffer.alloc(1024 * 1024);
    let stands = false;
    for (let n = 0; n < 200 && !stands; n++) {
      if (client.socket.write(chunk)) continue;
      const drained = new Promise((resolve) => client.socket.once("drain", resolve));
      stands = (await Promise.race([drained, delay(2000, "stands")])) === "stands";
    }
    assert.ok(stands, "it could write on and on");
    assert.ok(client.socket.bytesWritten - client.socket.writableLength < UNDER_WAY_MAX);
    client.socket.end();
    await text(penstock, `/${pool}/any/woken`);
    await client.until("heard you");
    await closed(client);
  },
};

test("what leaves HTTP passes Penstock", async (context) => {
  await withPenstock(pools, async (penstock) => {
    for (const pool of ["module", "command"]) {
      for (const [title, check] of Object.entries(checks))
        await context.test(`${pool}: ${title}`, () => check(penstock, pool));
    }
  });
});

const lasting = ({ url, application }: Place) => ({
  module: {
    urls: [url("/module/")],
    module: application("tunnels"),
    concurrency: 4,
    processModel: { maxProcesses: 1, idleTimeout: "1s", shutdownTimeLimit: "8s" },
  },
});

test("a tunnel keeps its worker, outlives a recycle until the limit, and ends with its worker", () =>
  withPenstock(lasting, async (penstock) => {
    using client = await asking(penstock, "/module/own");
    await client.until("head ;");
    const [first] = await penstock.untilWorkers("module", 1);
    // Longer than the idle timeout: a tunnel is a request that runs.
    await delay(2500);
    client.send("still there");
    await client.until("still there");

    const recycled = command(penstock, "pool", "recycle", "module");
    await eventually("another worker has taken over", () => penstock.workers("module"), {
      found: (workers) =>
        workers.some(({ state }) => state === "ready") &&
        workers.some(({ id, state }) => id === first?.id && state === "draining"),
      withinMs: 15_000,
    });
    client.send(", and now");
    await client.until("still there, and now");
    // In order: the application hears that its client ended, and has the last word.
    await client.until("20 bytes, bye");
    await closed(client);
    await recycled;
    await eventually("the former worker is gone", () => penstock.workers("module"), {
      found: (workers) => workers.every(({ id }) => id !== first?.id),
    });

    using second = await asking(penstock, "/module/own");
    await second.until("head ;");
    const reset = new Promise((resolve) => second.socket.once("error", resolve));
    const [worker] = await penstock.untilWorkers("module", 1);
    process.kill(worker?.pid ?? 0, "SIGKILL");
    assert.equal(((await reset) as NodeJS.ErrnoException).code, "ECONNRESET");
    assert.equal(await text(penstock, "/module/after"), "plain GET");
    const metrics = await penstock.metrics("listener");
    const ends = (end: string) =>
      metrics.value(`penstock_http_tunnels_closed_total{pool="module",end="${end}"}`);
    assert.deepEqual([ends("closed"), ends("worker")], [1, 1]);
    assert.equal(metrics.value('penstock_http_answers_broken_off_total{pool="module"}'), 0);
  }));

test("CONNECT is refused with an answer", () =>
  withPenstock(pools, async ({ port }) => {
    using client = await RawConnection.open(port);
    client.send("CONNECT e2e.test:443 HTTP/1.1\r\nHost: e2e.test:443\r\n\r\n");
    const { status, body } = await client.answer();
    assert.equal(status, "HTTP/1.1 501 Not Implemented");
    assert.equal((JSON.parse(body) as { reason: string }).reason, "Verb");
  }));

/** A connection on which an upgrade was asked for, with these bytes right behind it. */
async function asking({ port }: Penstock, path: string, behind = ""): Promise<RawConnection> {
  const client = await RawConnection.open(port);
  client.send(
    `GET ${path} HTTP/1.1\r\nHost: e2e.test\r\nConnection: Upgrade\r\nUpgrade: own/1\r\n\r\n${behind}`,
  );
  return client;
}

async function closed(client: RawConnection): Promise<void> {
  await eventually("it is closed", () => client.ended, { found: (ended) => ended });
}

async function text({ origin }: Penstock, path: string): Promise<string> {
  return await (await fetch(`${origin}${path}`)).text();
}

const delay = (ms: number, value?: string): Promise<string | undefined> =>
  new Promise((resolve) => setTimeout(resolve, ms, value));
