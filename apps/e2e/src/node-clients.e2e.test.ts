// Node's own clients, as programs use them: an agent that keeps its connection asks for everything on the one,
// and fetch uploads streams, unpacks what is compressed, and may leave in the middle of an answer.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Agent, request as ask, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import test from "node:test";
import { fileURLToPath } from "node:url";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));
const BYTES = 2_000_000;
const REQUESTS = 10;

const pools = ({ url, application, folder }: Place) => {
  const environment = { FILES: folder };
  return {
    module: { urls: [url("/module/")], module: application("files"), environment },
    command: {
      urls: [url("/command/")],
      command: [process.execPath, SERVE, "files"],
      environment,
    },
  };
};

test("Node's clients see no difference", async (context) => {
  await withPenstock(pools, async (penstock) => {
    const content = randomBytes(BYTES);
    await writeFile(join(penstock.place.folder, "content"), content);
    for (const pool of ["module", "command"]) {
      await context.test(`${pool}: an agent keeps its connection`, () =>
        keepsConnection(penstock, pool, content),
      );
      await context.test(`${pool}: fetch streams, unpacks and leaves`, () =>
        fetches(penstock, pool, content),
      );
    }
  });
});

/** Uploads, downloads, answers without a body and refusals, one after the other on one connection. */
async function keepsConnection(
  { port, place }: Penstock,
  pool: string,
  content: Buffer,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const send = async (method: string, name: string, body?: Buffer) => {
    const options = { host: "127.0.0.1", port, agent, method, path: `/${pool}/${name}` };
    const asked = ask(options).end(body);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.on("response", resolve).on("error", reject);
    });
    ports.add(answer.socket.localPort);
    return { status: answer.statusCode, body: await buffer(answer) };
  };
  for (let n = 0; n < REQUESTS; n++) {
    const part = content.subarray(0, n * 30_000);
    assert.equal((await send("PUT", "kept", part)).status, 201);
    assert(part.equals(await readFile(join(place.folder, "kept"))), `upload ${n}`);
    assert(part.equals((await send("GET", "kept")).body), `download ${n}`);
    assert.equal((await send("HEAD", "kept")).body.length, 0);
    assert.equal((await send("GET", "missing")).status, 404);
  }
  assert.equal(ports.size, 1, "one connection");
  agent.destroy();
}

async function fetches({ origin, place }: Penstock, pool: string, content: Buffer): Promise<void> {
  const body = new Blob([content]).stream();
  const put = await fetch(`${origin}/${pool}/fetched`, { method: "PUT", body, duplex: "half" });
  assert.equal(put.status, 201);
  assert(content.equals(await readFile(join(place.folder, "fetched"))), "the upload");

  const packed = await fetch(`${origin}/${pool}/content?gzip`);
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert(content.equals(Buffer.from(await packed.arrayBuffer())), "the download, unpacked");

  const leaving = new AbortController();
  const left = await fetch(`${origin}/${pool}/content`, { signal: leaving.signal });
  leaving.abort();
  await assert.rejects(left.arrayBuffer(), { name: "AbortError" });
  const whole = await fetch(`${origin}/${pool}/content`);
  assert(content.equals(Buffer.from(await whole.arrayBuffer())), "the one after");
}
