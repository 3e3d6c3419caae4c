import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { test } from "node:test";
import { answering, behind, hostBehind, post, requestBytes } from "./given-port-host.ts";
import { hostPort } from "./forwarding-host.ts";
import { freeLoopbackPort } from "./loopback-port.ts";
import {
  RecordingExchange,
  digest,
  exchangeWith,
  tenMegabytes,
  turn,
  unset,
} from "./recording-exchange.ts";

test("head and body reach the application as the client sent them, less hop-by-hop fields", async () => {
  const text = await requestBytes((host) => {
    void exchangeWith(host, {
      method: "PUT",
      target: "/a%2Fb?q='\"|\xe9",
      rawHeaders: [
        "HOST",
        "shop.example:8443",
        "X-Two",
        "1",
        "Connection",
        "X-Hop",
        "X-Hop",
        "gone",
        "x-two",
        "caf\xe9",
        "TE",
        "trailers",
        "Expect",
        "100-continue",
        "Accept-Encoding",
        "gzip",
      ],
      firstBody: "done",
    });
  });
  assert.deepEqual(text.split("\r\n"), [
    "PUT /a%2Fb?q='\"|\xe9 HTTP/1.1",
    "HOST: shop.example:8443",
    "X-Two: 1",
    "x-two: caf\xe9",
    "TE: trailers",
    "Expect: 100-continue",
    "Accept-Encoding: gzip",
    "Content-Length: 4",
    "Connection: keep-alive",
    "",
    "done",
  ]);
});

test("a small answer comes back as one whole message, bytes untouched", async () => {
  const host = await hostBehind(
    answering(
      "HTTP/1.1 299 Very Fine\r\nX-B: caf\xe9\r\nSet-Cookie: b=2\r\nset-cookie: a=1\r\n" +
        "Connection: x-hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\nhello",
    ),
  );
  const exchange = await exchangeWith(host);
  assert.deepEqual(exchange.calls, ["respond 299 5 end"]);
  assert.equal(exchange.response?.statusMessage, "Very Fine");
  assert.deepEqual(exchange.fields, [
    ["X-B", "caf\xe9"],
    ["Set-Cookie", "b=2"],
    ["set-cookie", "a=1"],
    ["Content-Length", "5"],
  ]);
});

test("a compressed answer and a redirect stay what they are", async () => {
  const host = await behind((req, res) => {
    if (req.url === "/moved") res.writeHead(302, { Location: "/elsewhere" }).end();
    else res.writeHead(200, { "Content-Encoding": "gzip" }).end(Buffer.from([31, 139, 8, 0]));
  });
  assert.deepEqual((await exchangeWith(host)).body, Buffer.from([31, 139, 8, 0]));
  const moved = await exchangeWith(host, { target: "/moved" });
  assert.deepEqual([moved.response?.status, moved.field("location")], [302, "/elsewhere"]);
});

test("HEAD, 204 and 304 have no body, and their lengths stay", async () => {
  const host = await behind((req, res) => {
    if (req.url === "/304") res.writeHead(304, { "Content-Length": 77 }).end();
    else if (req.url === "/204") res.writeHead(204).end();
    else res.writeHead(200, { "Content-Length": 5 }).end("hello");
  });
  const head = await exchangeWith(host, { method: "HEAD" });
  assert.deepEqual([head.calls, head.field("content-length")], [["respond 200 0 end"], "5"]);
  assert.deepEqual((await exchangeWith(host, { target: "/204" })).calls, ["respond 204 0 end"]);
  const same = await exchangeWith(host, { target: "/304" });
  assert.deepEqual([same.calls, same.field("content-length")], [["respond 304 0 end"], "77"]);
});

test("connections are kept and used again", async () => {
  const connections = new Set<Socket>();
  const host = await behind((req, res) => {
    connections.add(req.socket);
    res.end();
  });
  for (let n = 0; n < 5; n++) {
    await exchangeWith(host);
    await turn();
  }
  assert.equal(connections.size, 1);
});

test("interim answers and trailers pass", async () => {
  const host = await hostBehind(
    answering(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" +
        "Trailer: X-Sum\r\n\r\n2\r\nab\r\n0\r\nX-Sum: 2\r\n\r\n",
    ),
  );
  const exchange = await exchangeWith(host);
  assert.equal(exchange.response?.status, 200);
  assert.deepEqual(exchange.interims, [["103", "Link", "</a>"]]);
  assert.deepEqual(exchange.fields, [["Trailer", "X-Sum"]]);
  assert.deepEqual([exchange.text, exchange.trailers], ["ab", ["X-Sum", "2"]]);
});

test("an answer that ends with its connection is whole", async () => {
  const host = await hostBehind(answering("HTTP/1.0 200 OK\r\n\r\nall of it", true));
  const exchange = await exchangeWith(host);
  assert.equal(exchange.text, "all of it");
});

test("a large head passes", async () => {
  const large = "x".repeat(60_000);
  const host = await behind((_, res) => res.setHeader("X-Large", large).end());
  assert.equal((await exchangeWith(host)).field("x-large"), large);
});

test("10 MB of request body are framed as they were announced, within the window", async () => {
  const host = await behind((req, res) => {
    const hash = createHash("sha256");
    req.on("data", (chunk: Buffer) => {
      hash.update(chunk);
      req.pause();
      setImmediate(() => req.resume());
    });
    req.on("end", () => {
      const { "content-length": length, "transfer-encoding": coding } = req.headers;
      res.end(`${length} ${coding} ${hash.digest("hex")}`);
    });
  });
  for (const [rawHeaders, framing] of [
    [["Content-Length", "10000000"], "10000000 undefined"],
    [[], "undefined chunked"],
  ] as [string[], string][]) {
    const exchange = new RecordingExchange({ ...post, rawHeaders, requestWindow: 100_000 });
    host.handle(exchange);
    await exchange.sendBody(tenMegabytes);
    exchange.endBody();
    await exchange.over;
    assert.equal(exchange.text, `${framing} ${digest(tenMegabytes)}`);
    assert.ok(exchange.requestBytesInFlightMax <= 100_000);
  }
});

test("a request body stops outside while the application does not read", async () => {
  const host = await behind(() => {});
  const exchange = new RecordingExchange({ ...post, requestWindow: 100_000 });
  host.handle(exchange);
  let sent = false;
  void exchange.sendBody(Buffer.alloc(50_000_000)).then(() => (sent = true));
  for (let n = 0; n < 200; n++) await turn();
  assert.equal(sent, false);
  exchange.cancel();
});

test("10 MB of answer respect a small window", async () => {
  const host = await behind((_, res) => res.end(tenMegabytes));
  const exchange = new RecordingExchange({ answerWindow: 64_000 });
  host.handle(exchange);
  while (exchange.response === undefined) await turn();
  for (let n = 0; n < 50; n++) await turn();
  assert.ok(exchange.body.length < 500_000, `${exchange.body.length} bytes passed`);
  exchange.readSteadily(64_000);
  await exchange.over;
  assert.equal(digest(exchange.body), digest(tenMegabytes));
});

test("events that the application flushes one by one arrive one by one", async () => {
  let send: (text: string) => void = unset;
  const host = await behind((_, res) => {
    res.flushHeaders();
    send = (text) => void res.write(text);
  });
  const exchange = new RecordingExchange();
  host.handle(exchange);
  while (exchange.response === undefined) await turn();
  for (const n of [1, 2, 3]) {
    send(`data: ${n}\n\n`);
    while (exchange.pieces.length < n) await turn();
  }
  assert.deepEqual(exchange.pieces.map(String), ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]);
  exchange.cancel();
});

test("a client that leaves closes the application's connection, also in the middle of the upload", async () => {
  let closed: () => void = unset;
  const host = await behind((req, res) => {
    req.on("error", () => {});
    res.on("close", () => closed());
    res.write("part");
  });
  for (const template of [{}, post]) {
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const exchange = new RecordingExchange(template);
    host.handle(exchange);
    void exchange.sendBody(Buffer.alloc(template === post ? 100 : 0));
    while (exchange.response === undefined) await turn();
    exchange.cancel();
    await gone;
    assert.equal(exchange.resetDetail, undefined);
  }
});

test("a client that leaves before there is a connection costs the application nothing", async () => {
  let requests = 0;
  const host = await behind((_, res) => {
    requests++;
    res.end();
  });
  const exchange = new RecordingExchange();
  host.handle(exchange);
  exchange.cancel();
  await exchangeWith(host);
  assert.equal(requests, 1);
});

test("an early answer to an upload ends the exchange, and the connection is not used again", async () => {
  const host = await behind((_, res) => res.writeHead(413).end("too large"));
  const exchange = new RecordingExchange(post);
  host.handle(exchange);
  await exchange.sendBody(Buffer.alloc(1000));
  await exchange.over;
  assert.deepEqual([exchange.response?.status, exchange.text], [413, "too large"]);
  assert.equal((await exchangeWith(host)).response?.status, 413);
});

test("an early answer arrives although its connection was reset and the body could not be written", async () => {
  const closed = Promise.withResolvers<void>();
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.pause();
      const answer = "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 9\r\n\r\ntoo large";
      socket.write(answer, () => {
        socket.resetAndDestroy();
        closed.resolve();
      });
    });
  });
  const host = await hostBehind(server);
  const exchange = new RecordingExchange(post);
  host.handle(exchange);
  void exchange.sendBody(Buffer.alloc(1000));
  // What is written before the client looks whether there is something to read, fails.
  await closed.promise;
  void exchange.sendBody(Buffer.alloc(100_000));
  await exchange.over;
  assert.deepEqual([exchange.response?.status, exchange.text], [413, "too large"]);
});

const broken: [string, Server | undefined, string[]][] = [
  ["nothing listens", undefined, ["reset"]],
  ["the connection breaks before the head", answering("", true), ["reset"]],
  ["the answer is no HTTP", answering("SSH-2.0-x\r\n\r\n"), ["reset"]],
  [
    "the connection breaks in the body",
    answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", true),
    ["respond 200 4", "reset"],
  ],
];

for (const [what, server, calls] of broken) {
  test(`the exchange is reset when ${what}, and the log learns where`, async () => {
    const host =
      server === undefined
        ? hostPort({ port: await freeLoopbackPort() })
        : await hostBehind(server);
    const exchange = await exchangeWith(host);
    assert.deepEqual(exchange.calls, calls);
    assert.match(exchange.resetDetail ?? "", /^127\.0\.0\.1:\d+ did not answer: /);
  });
}

test("disposing resets what is under way and closes the connections", async () => {
  const server = createServer(() => {});
  const host = await hostBehind(server);
  const exchange = new RecordingExchange();
  host.handle(exchange);
  await once(server, "request");
  await host[Symbol.asyncDispose]();
  await exchange.over;
  assert.deepEqual(exchange.calls, ["reset"]);
  const probe = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(probe, "connect");
  probe.destroy();
});

test("a host that rests closes its kept connections, and asks over a new one", async () => {
  const server = createServer((_, response) => response.end("kept"));
  // Longer than the test: only the host can close it.
  server.keepAliveTimeout = 60_000;
  const closed: Promise<unknown>[] = [];
  server.on("connection", (socket) => void closed.push(once(socket, "close")));
  const host = await hostBehind(server);
  assert.equal((await exchangeWith(host)).text, "kept");
  assert.equal(closed.length, 1);
  await host.rest?.();
  await closed[0];
  assert.equal((await exchangeWith(host)).text, "kept");
  assert.equal(closed.length, 2);
});
