// What a client sends is what the application sees, and what the application answers is what the client
// gets: for an application in the worker's own process, and for one behind a port.

import assert from "node:assert/strict";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "./support/eventually.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { dechunk, exchange, RawConnection, type RawAnswer } from "./support/raw-connection.ts";
import { withPenstock } from "./support/run-penstock.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));

/** Fields that belong to the connection between client and listener, and the date. */
const OWN_FIELD = /^(?:date|connection|keep-alive|transfer-encoding):/i;

const pools = ({ url, application }: Place) => ({
  module: { urls: [url("/module/")], module: application("fidelity") },
  command: { urls: [url("/command/")], command: [process.execPath, SERVE, "fidelity"] },
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly rawTrailers: readonly string[];
  readonly body: string;
}

type Check = (port: number, pool: string) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  "header fields keep order, case, duplicates and bytes": async (port, pool) => {
    const fields = ["X-b: 1", "x-A: 2", "X-b: 3", "X-Latin: caf\u00e9", "X-Empty:", "Cookie: a=1"];
    const { rawHeaders } = await seen(port, `GET /${pool}/seen`, { fields });
    const pairs = pairsOf(rawHeaders).filter((pair) =>
      /^(?:x-(?:a|b|latin|empty)|cookie)=/i.test(pair),
    );
    assert.deepEqual(pairs, [
      "X-b=1",
      "x-A=2",
      "X-b=3",
      "X-Latin=caf\u00e9",
      "X-Empty=",
      "Cookie=a=1",
    ]);
    const { length } = pairsOf(rawHeaders).filter((pair) => pair.startsWith("X-Forwarded-For="));
    assert.equal(length, 1);
    assert(
      pairsOf(rawHeaders).some((pair) => /^host=e2e\.test$/i.test(pair)),
      "its own Host",
    );
    assert(!pairsOf(rawHeaders).some((pair) => /^(?:nats|penstock)/i.test(pair)));
  },
  "query and path are passed byte for byte": async (port, pool) => {
    const target = `/${pool}/seen/%7Ea/%2e%2E/b//c;d?q=%zz&%41=A+B&&x=%C3%A4[]|\\"'`;
    const { url } = await seen(port, `GET ${target}`);
    assert.equal(url, target);
  },
  "an answer keeps reason, order, duplicates, several Set-Cookie and bytes": async (port, pool) => {
    const { status, fields, body } = await exchange(port, `GET /${pool}/fields`);
    assert.equal(status, "HTTP/1.1 203 As Told");
    assert.deepEqual(appFields(fields), [
      "X-First: 1",
      "Set-Cookie: a=1; Path=/",
      "x-lower-CASE: 2",
      "Set-Cookie: b=2",
      "X-Twice: one",
      "X-Between: ",
      "X-Twice: two",
      "Set-Cookie: c=3; HttpOnly",
      "X-Latin: na\u00efve caf\u00e9",
      "Content-Length: 5",
    ]);
    assert.equal(body, "bytes");
  },
  "HEAD gets the fields of a GET and no body": async (port, pool) => {
    const { status, fields, body } = await exchange(port, `HEAD /${pool}/head`);
    assert.match(status, / 200 /);
    assert.deepEqual(appFields(fields), ["Content-Length: 12345"]);
    assert.equal(body, "");
  },
  "204 and 304 have no body and no framing": async (port, pool) => {
    for (const [path, code] of [
      ["empty", "204"],
      ["unchanged", "304"],
    ]) {
      const { status, fields, body } = await exchange(port, `GET /${pool}/${path}`);
      assert.equal(status.split(" ")[1], code);
      assert(fields.includes("X-Kept: yes"));
      assert(!fields.some((field) => /^(?:content-length|transfer-encoding):/i.test(field)));
      assert.equal(body, "");
    }
  },
  "a POST with an empty body stays one": async (port, pool) => {
    const { method, rawHeaders, body } = await seen(port, `POST /${pool}/seen`, {
      fields: ["Content-Length: 0"],
    });
    assert.equal(method, "POST");
    assert(pairsOf(rawHeaders).some((pair) => /^content-length=0$/i.test(pair)));
    assert.equal(body, "");
  },
  "an upload of unknown length arrives whole, with its trailers": async (port, pool) => {
    using connection = await RawConnection.open(port);
    connection.send(
      `POST /${pool}/seen HTTP/1.1\r\nHost: e2e.test\r\nTransfer-Encoding: chunked\r\n` +
        "Trailer: X-Sum\r\nConnection: close\r\n\r\n5\r\nfirst\r\n",
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    connection.send("7\r\n,second\r\n0\r\nX-Sum: 42\r\n\r\n");
    const { body, rawTrailers } = seenIn(await connection.answer());
    assert.equal(body, "first,second");
    assert.deepEqual(pairsOf(rawTrailers), ["X-Sum=42"]);
  },
  "an answer of unknown length arrives whole, with its trailers": async (port, pool) => {
    const { fields, body } = await exchange(port, `GET /${pool}/trailers`, {
      fields: ["TE: trailers"],
    });
    assert(fields.some((field) => /^transfer-encoding: chunked$/i.test(field)));
    const { data, trailers } = dechunk(body);
    assert.equal(data, "first,second");
    assert.deepEqual(trailers, ["X-Sum: 42", "X-More: 7"]);
  },
  "a client that waits for 100 Continue gets it and its answer": async (port, pool) => {
    using connection = await RawConnection.open(port);
    connection.send(
      `POST /${pool}/seen HTTP/1.1\r\nHost: e2e.test\r\nContent-Length: 4\r\n` +
        "Expect: 100-continue\r\nConnection: close\r\n\r\n",
    );
    await connection.until("HTTP/1.1 100 Continue\r\n\r\n");
    connection.send("body");
    const { body } = seenIn(await connection.answer());
    assert.equal(body, "body");
  },
  "an answer before the upload was read reaches the client": async (port, pool) => {
    using connection = await RawConnection.open(port);
    connection.send(
      `POST /${pool}/early HTTP/1.1\r\nHost: e2e.test\r\nContent-Length: 10000000\r\n\r\n`,
    );
    connection.send("x".repeat(100_000));
    const { status, fields, body } = await connection.answer();
    assert.match(status, / 413 /);
    assert(fields.includes("X-Early: yes"));
    assert.match(body, /too much/);
  },
  "the application sees a client that leaves, before its answer and during it": async (
    port,
    pool,
  ) => {
    for (const path of ["silent", "hang"]) {
      const count = await disconnectsOf(port, pool);
      using connection = await RawConnection.open(port);
      connection.send(`GET /${pool}/${path} HTTP/1.1\r\nHost: e2e.test\r\n\r\n`);
      if (path === "hang") await connection.until("begun");
      else await new Promise((resolve) => setTimeout(resolve, 300));
      connection.socket.destroy();
      await eventually("the application noticed", () => disconnectsOf(port, pool), {
        found: (now) => now === count + 1,
      });
    }
  },
};

test("what passes Penstock is what was sent", async (context) => {
  await withPenstock(pools, async ({ port }: Penstock) => {
    for (const pool of ["module", "command"]) {
      for (const [title, check] of Object.entries(checks))
        await context.test(`${pool}: ${title}`, () => check(port, pool));
    }
  });
});

async function seen(
  port: number,
  requestLine: string,
  message: { fields?: readonly string[]; body?: string } = {},
): Promise<Seen> {
  return seenIn(await exchange(port, requestLine, message));
}

function seenIn({ status, fields, body }: RawAnswer): Seen {
  assert.match(status, / 200 /, body);
  const chunked = fields.some((field) => /^transfer-encoding: chunked$/i.test(field));
  const bytes = Buffer.from(chunked ? dechunk(body).data : body, "latin1");
  return JSON.parse(bytes.toString("utf8")) as Seen;
}

async function disconnectsOf(port: number, pool: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/${pool}/disconnects`);
  return Number(await answer.text());
}

function appFields(fields: readonly string[]): readonly string[] {
  return fields.filter((field) => !OWN_FIELD.test(field));
}

function pairsOf(raw: readonly string[]): string[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [`${name}=${raw[i + 1] ?? ""}`] : []));
}
