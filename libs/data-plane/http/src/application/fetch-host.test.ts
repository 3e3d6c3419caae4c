import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { hostModule } from "./host-module.ts";
import type { ModuleHost } from "./host-module.ts";
import {
  RecordingExchange,
  digest,
  exchangeWith,
  tenMegabytes,
  turn,
} from "./recording-exchange.ts";

const post = { method: "POST", streams: true } as const;

function host(fetch: (request: Request) => unknown, reported: string[] = []): Promise<ModuleHost> {
  return hostModule({ fetch }, { report: (detail) => reported.push(detail) });
}

test("a fetch application gets a genuine Request with an absolute URL", async () => {
  const hosted = await host(async (request) => {
    assert.ok(request instanceof Request);
    const { method, url, headers, body } = request;
    return Response.json([method, url, headers.get("x-two"), headers.get("cookie"), body === null]);
  });
  const exchange = await exchangeWith(hosted, {
    target: "/p/%2F?q='a'&b=\xe9",
    rawHeaders: [
      "Host",
      "app.example:81",
      "X-Two",
      "1",
      "x-two",
      "2",
      "Cookie",
      "a=1",
      "cookie",
      "b=2",
    ],
    connection: { encrypted: true },
  });
  assert.deepEqual(JSON.parse(exchange.text), [
    "GET",
    "https://app.example:81/p/%2F?q=%27a%27&b=%E9",
    "1, 2",
    "a=1; b=2",
    true,
  ]);
});

test("a small answer goes out as one whole message with length and date", async () => {
  const hosted = await host(() => new Response("hello", { headers: { "X-A": "1" } }));
  const exchange = await exchangeWith(hosted);
  assert.deepEqual(exchange.calls, ["respond 200 5 end"]);
  assert.equal(exchange.field("content-length"), "5");
  assert.ok(exchange.response?.rawHeaders.includes("date"));
  assert.equal(exchange.text, "hello");
});

test("several Set-Cookie come one by one, in order", async () => {
  const hosted = await host(() => {
    const headers = new Headers([
      ["Set-Cookie", "c=3"],
      ["Set-Cookie", "a=1"],
    ]);
    return new Response(null, { status: 204, headers });
  });
  const exchange = await exchangeWith(hosted);
  const cookies = exchange.fields.filter(([name]) => name === "set-cookie");
  assert.deepEqual(
    cookies.map(([, value]) => value),
    ["c=3", "a=1"],
  );
});

test("HEAD, 204 and 304 have no body", async () => {
  const hosted = await host((request) =>
    request.method === "HEAD"
      ? new Response("not sent", { headers: { "Content-Length": "8" } })
      : new Response(null, { status: request.url.endsWith("304") ? 304 : 204 }),
  );
  const head = await exchangeWith(hosted, { method: "HEAD" });
  assert.deepEqual([head.calls, head.field("content-length")], [["respond 200 0 end"], "8"]);
  const none = await exchangeWith(hosted, { target: "/204" });
  assert.deepEqual([none.calls, none.field("content-length")], [["respond 204 0 end"], undefined]);
  assert.deepEqual((await exchangeWith(hosted, { target: "/304" })).calls, ["respond 304 0 end"]);
});

test("a request body that came whole is there at once", async () => {
  const hosted = await host(async (request) => new Response(await request.text()));
  const exchange = await exchangeWith(hosted, { method: "POST", firstBody: "whole" });
  assert.equal(exchange.text, "whole");
});

test("10 MB of request body reach a slow reader within the window", async () => {
  const hosted = await host(async (request) => {
    const hash = createHash("sha256");
    for await (const chunk of request.body as ReadableStream<Uint8Array>) {
      hash.update(chunk);
      await turn();
    }
    return new Response(hash.digest("hex"));
  });
  const exchange = new RecordingExchange({ ...post, requestWindow: 100_000 });
  hosted.handle(exchange);
  await exchange.sendBody(tenMegabytes);
  exchange.endBody();
  await exchange.over;
  assert.equal(exchange.text, digest(tenMegabytes));
  assert.ok(exchange.requestBytesInFlightMax <= 100_000);
});

test("an unread request body stays outside: credit stops at the buffer", async () => {
  const hosted = await host(() => new Promise(() => {}));
  const exchange = new RecordingExchange({ ...post, requestWindow: 100_000 });
  hosted.handle(exchange);
  void exchange.sendBody(tenMegabytes);
  await turn();
  await turn();
  const credited = exchange.calls.filter((call) => call.startsWith("credit"));
  assert.equal(credited.length, 0);
  exchange.cancel();
});

test("10 MB of answer respect a small window and are pulled as they go", async () => {
  let pulled = 0;
  const hosted = await host(
    () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            if (pulled >= tenMegabytes.length) return controller.close();
            controller.enqueue(tenMegabytes.subarray(pulled, pulled + 50_000));
            pulled += 50_000;
          },
        }),
      ),
  );
  const exchange = new RecordingExchange({ answerWindow: 64_000 });
  hosted.handle(exchange);
  await turn();
  await turn();
  assert.ok(pulled <= 300_000, `${pulled} bytes were pulled into a window of 64000`);
  exchange.readSteadily(64_000);
  await exchange.over;
  assert.equal(digest(exchange.body), digest(tenMegabytes));
});

test("a stream that gives nothing yet does not keep the head waiting", async () => {
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  const hosted = await host(
    () => new Response(new ReadableStream({ start: (controller) => void (stream = controller) })),
  );
  const exchange = new RecordingExchange();
  hosted.handle(exchange);
  await turn();
  assert.deepEqual(exchange.calls, ["respond 200 0"]);
  for (const n of [1, 2]) {
    stream?.enqueue(Buffer.from(`data: ${n}\n\n`));
    await turn();
    assert.equal(exchange.calls.length, 1 + n);
  }
  stream?.close();
  await exchange.over;
  assert.equal(exchange.text, "data: 1\n\ndata: 2\n\n");
});

test("an echo streams in both directions at once", async () => {
  const hosted = await host((request) => new Response(request.body));
  const exchange = new RecordingExchange({ ...post, requestWindow: 65_536, answerWindow: 65_536 });
  hosted.handle(exchange);
  exchange.readSteadily(65_536);
  await exchange.sendBody(tenMegabytes.subarray(0, 2_000_000));
  exchange.endBody();
  await exchange.over;
  assert.equal(digest(exchange.body), digest(tenMegabytes.subarray(0, 2_000_000)));
});

test("an early answer waits with its end while the application reads on, and only then", async () => {
  let received = 0;
  const reading = await host((request) => {
    void request.bytes().then((bytes) => (received = bytes.length));
    return new Response("accepted");
  });
  const held = new RecordingExchange(post);
  reading.handle(held);
  await turn();
  assert.deepEqual(held.calls, ["respond 200 8"]);
  await held.sendBody(Buffer.alloc(200_000));
  held.endBody();
  await held.over;
  await turn();
  assert.equal(received, 200_000);
  const givingUp = await host((request) => {
    const reader = request.body?.getReader();
    void reader?.read().then(() => reader.cancel());
    return new Response("enough");
  });
  const given = new RecordingExchange(post);
  givingUp.handle(given);
  await turn();
  assert.deepEqual(given.calls, ["respond 200 6"]);
  await given.sendBody(Buffer.alloc(10));
  await given.over;
  assert.equal(given.calls.at(-1), "end");
  const ignoring = await host(() => new Response("too large", { status: 413 }));
  assert.deepEqual((await exchangeWith(ignoring, post)).calls, ["respond 413 9 end"]);
});

test("a client that leaves aborts the signal, fails the request body and cancels the answer's", async () => {
  const log: string[] = [];
  const hosted = await host((request) => {
    request.signal.addEventListener("abort", () => log.push("signal"));
    request.text().catch((error: Error) => log.push(`body ${error.name}`));
    return new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(Buffer.alloc(1000)),
        cancel: (reason: Error) => void log.push(`cancel ${reason.name}`),
      }),
    );
  });
  const exchange = new RecordingExchange({ ...post, answerWindow: 5000 });
  hosted.handle(exchange);
  await turn();
  exchange.cancel();
  await turn();
  assert.deepEqual(log.toSorted(), ["body AbortError", "cancel AbortError", "signal"]);
});

test("a handler that throws, rejects or returns something else answers 500 and tells the log", async () => {
  const reported: string[] = [];
  const faults = [
    () => {
      throw new Error("thrown");
    },
    () => Promise.reject(new Error("rejected")),
    () => ({ status: "ok" }),
    () => Response.error(),
  ];
  for (const fault of faults) {
    const exchange = await exchangeWith(await host(fault, reported));
    assert.deepEqual(exchange.calls, ["respond 500 21 end"]);
    assert.equal(exchange.text, "Internal Server Error");
  }
  assert.match(reported.join("\n"), /thrown[^]*rejected[^]*no Response[^]*no Response/);
});

test("an answer whose body fails on the way is cut", async () => {
  const hosted = await host(
    () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(Buffer.from("part"));
            await turn();
            await turn();
            controller.error(new Error("disk on fire"));
          },
        }),
      ),
  );
  const exchange = await exchangeWith(hosted);
  assert.equal(exchange.calls.at(-1), "reset");
  assert.match(exchange.resetDetail ?? "", /disk on fire/);
});

test("a body shorter than its Content-Length is cut, a longer one ends there", async () => {
  const long = await exchangeWith(await host(() => announced(3)));
  assert.deepEqual([long.text, long.calls], ["123", ["respond 200 3 end"]]);
  const short = await exchangeWith(await host(() => announced(9)));
  assert.equal(short.response?.status, 500);
});

test("what no Request can be answers 400", async () => {
  const hosted = await host(() => new Response("never"));
  const trace = await exchangeWith(hosted, { method: "TRACE" });
  assert.equal(trace.response?.status, 400);
  const bad = await exchangeWith(hosted, { rawHeaders: ["Host", "a b"] });
  assert.equal(bad.response?.status, 400);
});

test("a Workers-style handler gets an environment and may wait for work after its answer", async () => {
  const reported: string[] = [];
  const worker = {
    fetch(
      _: Request,
      environment: Record<string, string>,
      context: { waitUntil(work: Promise<unknown>): void },
    ) {
      context.waitUntil(Promise.reject(new Error("background")));
      return new Response(typeof environment["PATH"]);
    },
  };
  const hosted = await hostModule(worker, { report: (detail) => reported.push(detail) });
  assert.equal((await exchangeWith(hosted)).text, "string");
  assert.match(reported.join(), /background/);
});

function announced(length: number): Response {
  return new Response("12345", { headers: { "Content-Length": String(length) } });
}
