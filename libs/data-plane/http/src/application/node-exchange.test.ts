import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { hostModule } from "./host-module.ts";
import type { ModuleHost } from "./host-module.ts";
import {
  RecordingExchange,
  digest,
  exchangeWith,
  tenMegabytes,
  turn,
  unset,
} from "./recording-exchange.ts";

const post = { method: "POST", streams: true } as const;

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

function host(handler: Handler, reported: string[] = []): Promise<ModuleHost> {
  // Two parameters make a handler, whatever the test's function declares.
  const listener: Handler = (req, res) => handler(req, res);
  return hostModule(listener, { report: (detail) => reported.push(detail) });
}

test("10 MB of request body reach a slow reader within window and buffer", async () => {
  let held = 0;
  const hosted = await host((req, res) => {
    void (async () => {
      const hash = createHash("sha256");
      for await (const chunk of req) {
        held = Math.max(held, req.readableLength);
        hash.update(chunk as Buffer);
        await turn();
      }
      res.end(hash.digest("hex"));
    })();
  });
  const exchange = new RecordingExchange({ ...post, requestWindow: 100_000 });
  hosted.handle(exchange);
  await exchange.sendBody(tenMegabytes);
  exchange.endBody();
  await exchange.over;
  assert.equal(exchange.text, digest(tenMegabytes));
  assert.ok(exchange.requestBytesInFlightMax <= 100_000);
  // Node's buffer takes until it is full, and one window more.
  assert.ok(held <= 65_536 + 100_000, `${held} bytes were buffered`);
});

test("10 MB of answer respect a small window, piped and in one write", async () => {
  const piped = await host((_, res) => {
    void pipeline(Readable.from(slices(tenMegabytes, 50_000)), res);
  });
  const atOnce = await host((_, res) => res.end(tenMegabytes));
  for (const hosted of [piped, atOnce]) {
    const exchange = new RecordingExchange({ answerWindow: 64_000 });
    hosted.handle(exchange);
    exchange.readSteadily(64_000);
    await exchange.over;
    assert.equal(digest(exchange.body), digest(tenMegabytes));
    // No message is larger than a step, so no window is overrun by more than one.
    assert.ok(exchange.pieces.every((piece) => piece.length <= 131_072));
  }
});

test("a closed window stops the application: write returns false, drain comes once it opens", async () => {
  const log: string[] = [];
  const hosted = await host((_, res) => {
    res.flushHeaders();
    res.on("drain", () => {
      log.push(`drain ${res.writableLength} ${res.writableNeedDrain}`);
      res.end();
    });
    let writes = 1;
    while (res.write(Buffer.alloc(10_000)) && writes < 100) writes++;
    log.push(`stopped after ${writes}`);
  });
  const exchange = new RecordingExchange({ answerWindow: 5000 });
  hosted.handle(exchange);
  await turn();
  await turn();
  // 64 KiB is Node's high-water mark: the seventh write reaches it.
  assert.deepEqual(log, ["stopped after 7"]);
  exchange.openWindow(1_000_000);
  await exchange.over;
  assert.deepEqual(log, ["stopped after 7", "drain 0 false"]);
  assert.equal(exchange.body.length, 70_000);
});

test("an echo of 10 MB runs in both directions at once", async () => {
  const hosted = await host((req, res) => void req.pipe(res));
  const exchange = new RecordingExchange({
    ...post,
    requestWindow: 65_536,
    answerWindow: 65_536,
  });
  hosted.handle(exchange);
  exchange.readSteadily(65_536);
  await exchange.sendBody(tenMegabytes);
  exchange.endBody();
  await exchange.over;
  assert.equal(digest(exchange.body), digest(tenMegabytes));
});

test("a client that leaves shows as in Node: aborted, closed, and the signal", async () => {
  const log: string[] = [];
  const hosted = await host((req, res) => {
    for (const name of ["aborted", "close", "end"]) req.on(name, () => log.push(`request ${name}`));
    req.on("error", (error: NodeJS.ErrnoException) => log.push(`request ${error.code}`));
    for (const name of ["close", "finish"]) res.on(name, () => log.push(`response ${name}`));
    (req as { signal?: AbortSignal }).signal?.addEventListener("abort", () => log.push("signal"));
    req.socket.on("close", () => log.push("socket close"));
    res.write("part");
  });
  const exchange = new RecordingExchange(post);
  hosted.handle(exchange);
  await turn();
  exchange.cancel();
  await turn();
  assert.deepEqual(
    log.filter((entry) => entry !== "signal"),
    ["request aborted", "response close", "socket close", "request ECONNRESET", "request close"],
  );
  assert.equal(exchange.resetDetail, undefined);
});

test("what the application does after the client left has no effect", async () => {
  let answer: () => void = unset;
  const hosted = await host((_, res) => {
    answer = () => {
      assert.equal(res.destroyed, true);
      res.end("too late");
    };
  });
  const exchange = new RecordingExchange();
  hosted.handle(exchange);
  exchange.cancel();
  await turn();
  answer();
  await turn();
  assert.deepEqual(exchange.calls, ["cancel"]);
});

test("a cancel ends pipes in both directions", async () => {
  const ended: string[] = [];
  const hosted = await host((req, res) => {
    const through = new PassThrough();
    pipeline(req, through, res).catch((error: NodeJS.ErrnoException) =>
      ended.push(error.code ?? ""),
    );
  });
  const exchange = new RecordingExchange({ ...post, answerWindow: 1000 });
  hosted.handle(exchange);
  void exchange.sendBody(tenMegabytes.subarray(0, 500_000));
  await turn();
  exchange.cancel();
  await turn();
  await turn();
  assert.equal(ended.length, 1);
});

for (const [what, act] of [
  ["res.destroy()", (_, res) => void res.destroy()],
  ["req.destroy()", (req) => void req.destroy()],
  ["req.destroy(error)", (req) => void req.destroy(new Error("own reasons"))],
  ["res.socket.destroy()", (_, res) => void res.socket?.destroy()],
  ["req.socket.end()", (req) => void req.socket.end()],
] as [string, Handler][]) {
  test(`${what} before the answer is a reset, and so it is in the middle of one`, async () => {
    const before = await exchangeWith(await host(act), post);
    assert.deepEqual(before.calls, ["reset"]);
    const middle = await host((req, res) => {
      res.write("part");
      setImmediate(() => act(req, res));
    });
    const exchange = await exchangeWith(middle, post);
    assert.deepEqual(exchange.calls, ["respond 200 4", "reset"]);
  });
}

test("a handler that throws resets the exchange, with its stack for the log", async () => {
  const hosted = await host(() => {
    throw new RangeError("out of cheese");
  });
  const exchange = await exchangeWith(hosted);
  assert.deepEqual(exchange.calls, ["reset"]);
  assert.match(
    exchange.resetDetail ?? "",
    /RangeError: out of cheese\n {4}at .*node-exchange\.test/,
  );
});

test("a handler whose promise rejects resets the exchange, before the answer or in it", async () => {
  const early = await host(async (_req, _res) => {
    await turn();
    throw new Error("no");
  });
  assert.deepEqual((await exchangeWith(early)).calls, ["reset"]);
  const late = await host(async (_, res) => {
    res.write("part");
    await turn();
    throw new Error("no");
  });
  assert.deepEqual((await exchangeWith(late)).calls, ["respond 200 4", "reset"]);
});

test("a handler that fails after its answer leaves the answer, and the log hears of it", async () => {
  const reported: string[] = [];
  const hosted = await host(async (_, res) => {
    res.end("fine");
    await turn();
    throw new Error("afterthought");
  }, reported);
  const exchange = await exchangeWith(hosted);
  await turn();
  await turn();
  assert.equal(exchange.text, "fine");
  assert.match(reported.join(), /afterthought/);
});

test("an early answer waits with its end while the application reads on", async () => {
  let received = 0;
  const hosted = await host((req, res) => {
    req.on("data", (chunk: Buffer) => (received += chunk.length));
    res.end("accepted");
  });
  const exchange = new RecordingExchange(post);
  hosted.handle(exchange);
  assert.deepEqual(exchange.calls, ["respond 200 8"]);
  await exchange.sendBody(Buffer.alloc(300_000));
  exchange.endBody();
  await exchange.over;
  await turn();
  assert.equal(received, 300_000);
  assert.equal(exchange.calls.at(-1), "end");
});

test("an early answer whose application gives the rest of the body up ends as it is", async () => {
  const hosted = await host((req, res) => {
    req.on("data", () => req.destroy());
    res.end("enough");
  });
  const exchange = new RecordingExchange(post);
  hosted.handle(exchange);
  await exchange.sendBody(Buffer.alloc(10));
  await exchange.over;
  assert.deepEqual(
    exchange.calls.filter((call) => !call.startsWith("credit")),
    ["respond 200 6", "end"],
  );
});

test("an early answer of an application that does not read ends at once, and so does the request", async () => {
  const log: string[] = [];
  const hosted = await host((req, res) => {
    req.on("close", () => log.push(`close aborted=${req.aborted}`));
    res.writeHead(413).end("too large");
  });
  const exchange = new RecordingExchange(post);
  hosted.handle(exchange);
  await exchange.over;
  assert.deepEqual(exchange.calls, ["respond 413 9 end"]);
  await turn();
  await turn();
  assert.deepEqual(log, ["close aborted=false"]);
});

function* slices(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let n = 0; n < bytes.length; n += size) yield bytes.subarray(n, n + size);
}
