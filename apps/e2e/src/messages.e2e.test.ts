// Each finer point of HTTP messages as a row: what is sent, byte for byte, to Node's own server, and to the same
// application behind Penstock, in the worker's own process and as a command. All three answer alike.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { freePorts } from "@penstock/testing";
import { eventually } from "./support/eventually.ts";
import type { Place } from "./support/penstock.ts";
import { RawConnection } from "./support/raw-connection.ts";
import { withPenstock } from "./support/run-penstock.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));

const pools = ({ url }: Place) => ({
  module: { urls: [url("/module/")], module: APPLICATION },
  command: { urls: [url("/command/")], command: [process.execPath, SERVE, "messages"] },
});
const APPLICATION = fileURLToPath(new URL("applications/messages.ts", import.meta.url));

/** One request: what is sent, piece by piece; a text to wait for between two pieces. */
interface Row {
  readonly line: string;
  readonly fields?: readonly string[];
  /** Sent behind the head: text, or a pattern that must have come before the next piece is sent. */
  readonly next?: readonly (string | RegExp)[];
  /** The client says that it sends nothing more. */
  readonly fin?: boolean;
  /** The connection is left open: a text that ends what is looked at. */
  readonly until?: string;
}

const CHUNKED = "Transfer-Encoding: chunked";
const EXPECT = "Expect: 100-continue";
const CLOSE = "Connection: close";

const rows: Readonly<Record<string, Row>> = {
  "100 Continue is the application's word, and the body comes after it": {
    line: "POST echo",
    fields: [EXPECT, "Content-Length: 4", CLOSE],
    next: [/100 Continue\r\n\r\n/, "body"],
  },
  "a connection goes on after 100 Continue": {
    line: "POST echo",
    fields: [EXPECT, "Content-Length: 4"],
    next: [
      /100 Continue\r\n\r\n/,
      "body",
      /"body":"body"/,
      "GET {pool}/echo HTTP/1.1\r\nHost: e2e.test\r\nConnection: close\r\n\r\n",
    ],
  },
  "100 Continue for a chunked body": {
    line: "POST echo",
    fields: [EXPECT, CHUNKED, CLOSE],
    next: [/100 Continue\r\n\r\n/, "4\r\nbody\r\n0\r\n\r\n"],
  },
  "a body that is refused unseen": {
    line: "PUT refuse",
    fields: [EXPECT, "Content-Length: 1000000"],
  },
  "a client that does not wait for its 100": {
    line: "POST echo",
    fields: [EXPECT, "Content-Length: 4", CLOSE],
    next: ["body"],
  },
  "an expectation that nobody meets": {
    line: "POST echo",
    fields: ["Expect: miracles", "Content-Length: 4", CLOSE],
    next: ["body"],
  },
  "102, 103 and others come before the answer": { line: "GET interim", fields: [CLOSE] },
  "trailers of a request, announced": {
    line: "POST echo",
    fields: [CHUNKED, "Trailer: X-Sum", CLOSE],
    next: ["4\r\nbody\r\n0\r\nX-Sum: 42\r\nX-More: 7\r\n\r\n"],
  },
  "trailers of an answer": { line: "GET trailers", fields: ["TE: trailers", CLOSE] },
  "that trailers are welcome": { line: "GET echo", fields: ["TE: trailers", CLOSE] },
  "204": { line: "GET 204", fields: [CLOSE] },
  "205": { line: "GET 205", fields: [CLOSE] },
  "304": { line: "GET 304", fields: [CLOSE] },
  HEAD: { line: "HEAD echo", fields: [CLOSE] },
  "an early answer that closes": {
    line: "POST refuse",
    fields: ["Content-Length: 50000000"],
    next: ["x".repeat(200_000)],
  },
  "an answer that is cut short of its length": { line: "GET cut" },
  "an answer that is cut between chunks": { line: "GET cut-chunked" },
  "a client that ends behind its request": { line: "GET slow", fin: true },
  "two requests in one go": {
    line: "GET slow",
    next: ["GET {pool}/echo HTTP/1.1\r\nHost: e2e.test\r\nConnection: close\r\n\r\n"],
  },
};

test("the finer points of messages are Node's own", async (context) => {
  await withPenstock(pools, async ({ port }) => {
    await using direct = await serveDirectly();
    for (const [title, row] of Object.entries(rows)) {
      await context.test(title, async () => {
        const expected = await transcript(direct.port, "direct", row);
        for (const pool of ["module", "command"])
          assert.deepEqual(await transcript(port, pool, row), expected, pool);
      });
    }
    await context.test(
      "a head that is flushed is there at once, and so is each write",
      async () => {
        for (const [at, pool] of [
          [direct.port, "direct"],
          [port, "module"],
          [port, "command"],
        ] as const) {
          using client = await RawConnection.open(at);
          const askedAt = performance.now();
          client.send(`GET /${pool}/flush HTTP/1.1\r\nHost: e2e.test\r\n${CLOSE}\r\n\r\n`);
          await client.until("X-Flushed: yes");
          assert.ok(!client.received.includes("one,"), `${pool}: the head waited for the body`);
          await client.until("one,");
          assert.ok(!client.received.includes("two"), `${pool}: a write waited for the next`);
          await client.until("two");
          assert.ok(performance.now() - askedAt > 1000);
        }
      },
    );
    for (const when of ["before its body is complete", "while it waits"]) {
      await context.test(`a client that leaves ${when} is seen to have left`, async () => {
        const facts: unknown[] = [];
        for (const [at, pool] of [
          [direct.port, "direct"],
          [port, "module"],
          [port, "command"],
        ] as const)
          facts.push(await departure(at, pool, when === "while it waits"));
        assert.deepEqual(facts[1], facts[0], "module");
        assert.deepEqual(facts[2], facts[0], "command");
      });
    }
  });
});

/** What came until the connection closed, less what belongs to the connection and what Penstock adds. */
async function transcript(port: number, pool: string, row: Row): Promise<string[]> {
  using client = await RawConnection.open(port);
  const [method = "", path = ""] = row.line.split(" ");
  const head = [`${method} /${pool}/${path} HTTP/1.1`, "Host: e2e.test", ...(row.fields ?? [])];
  const [first = "", ...rest] = row.next ?? [];
  // What follows the head at once goes in one write with it.
  const behind = typeof first === "string" ? first.replace("{pool}", `/${pool}`) : "";
  client.send(`${head.join("\r\n")}\r\n\r\n${behind}`);
  for (const step of typeof first === "string" ? rest : [first, ...rest]) {
    if (typeof step === "string") client.send(step.replace("{pool}", `/${pool}`));
    else
      await eventually(String(step), () => client.received, { found: (text) => step.test(text) });
  }
  if (row.fin === true) client.socket.end();
  await eventually("it is closed", () => client.ended, { found: (ended) => ended });
  return client.received
    .split("\r\n")
    .filter((line) => !/^(?:date|connection|keep-alive|proxy-status):/i.test(line));
}

/** What the application saw of a client that left. */
async function departure(port: number, pool: string, complete: boolean): Promise<unknown> {
  const name = `${pool}-${String(complete)}`;
  const facts = async (): Promise<Record<string, unknown>> => {
    const url = `http://127.0.0.1:${port}/${pool}/seen`;
    const answer = await fetch(url, { headers: { "X-Name": name } });
    return (await answer.json()) as Record<string, unknown>;
  };
  using client = await RawConnection.open(port);
  client.send(
    `POST /${pool}/left HTTP/1.1\r\nHost: e2e.test\r\nX-Name: ${name}\r\n` +
      `Content-Length: ${complete ? 4 : 100_000}\r\n\r\nbody`,
  );
  await eventually("it runs", facts, { found: ({ began }) => began === true });
  client.socket.destroy();
  await eventually("it was seen", facts, { found: ({ socket }) => socket === true });
  return await facts();
}

/** The application, reached directly. */
async function serveDirectly(): Promise<AsyncDisposable & { readonly port: number }> {
  const [port = 0] = await freePorts(1);
  const child = spawn(process.execPath, [SERVE, "messages"], {
    env: { ...process.env, PORT: String(port) },
    stdio: "inherit",
  });
  const listens = () =>
    fetch(`http://127.0.0.1:${port}/direct/echo`).then(
      (answer) => answer.ok,
      () => false,
    );
  await eventually("it listens", listens, { found: (listening) => listening });
  return {
    port,
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
