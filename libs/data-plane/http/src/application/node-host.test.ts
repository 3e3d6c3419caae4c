import assert from "node:assert/strict";
import diagnostics from "node:diagnostics_channel";
import { IncomingMessage, ServerResponse, createServer } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { hostModule } from "./host-module.ts";
import type { ModuleHost } from "./host-module.ts";
import { RecordingExchange, exchangeWith, turn, unset } from "./recording-exchange.ts";

const post = { method: "POST", streams: true } as const;

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

function host(handler: Handler, reported: string[] = []): Promise<ModuleHost> {
  // Two parameters make a handler, whatever the test's function declares.
  const listener: Handler = (req, res) => handler(req, res);
  return hostModule(listener, { report: (detail) => reported.push(detail) });
}

test("an answer that is there at once goes out as one whole message", async () => {
  const hosted = await host((_, res) => res.writeHead(200, { "X-A": "1" }).end("hello"));
  const exchange = await exchangeWith(hosted);
  assert.deepEqual(exchange.calls, ["respond 200 5 end"]);
  assert.equal(exchange.text, "hello");
});

test("writes and the end of one tick go out as one whole message", async () => {
  const hosted = await host((_, res) => {
    res.write("a");
    res.write("b");
    res.end("c");
  });
  const exchange = await exchangeWith(hosted);
  assert.deepEqual(exchange.calls, ["respond 200 3 end"]);
});

test("each write of a stream of events is visible a tick later", async () => {
  let send: (text: string) => void = unset;
  const hosted = await host((_, res) => {
    res.writeHead(200, { "Content-Type": "text/event-stream" });
    res.flushHeaders();
    send = (text) => void res.write(text);
  });
  const exchange = new RecordingExchange();
  hosted.handle(exchange);
  assert.deepEqual(exchange.calls, ["respond 200 0"]);
  for (const n of [1, 2, 3]) {
    send(`data: ${n}\n\n`);
    await new Promise((resolve) => process.nextTick(resolve));
    assert.equal(exchange.calls.length, 1 + n);
  }
  assert.equal(exchange.text, "data: 1\n\ndata: 2\n\ndata: 3\n\n");
  exchange.cancel();
});

test("the request is a genuine IncomingMessage with the client's addresses", async () => {
  const seen: unknown[] = [];
  const hosted = await host((req, res) => {
    assert.ok(req instanceof IncomingMessage && res instanceof ServerResponse);
    assert.ok(req.socket instanceof Socket);
    const { remoteAddress, remotePort, remoteFamily, localAddress, localPort } = req.socket;
    seen.push({ remoteAddress, remotePort, remoteFamily, localAddress, localPort });
    seen.push(req.socket.address(), req.socket === res.socket, req.connection === req.socket);
    seen.push("encrypted" in req.socket, req.socket.readyState, req.httpVersion);
    res.end();
  });
  await exchangeWith(hosted);
  assert.deepEqual(seen, [
    {
      remoteAddress: "203.0.113.9",
      remotePort: 40_123,
      remoteFamily: "IPv4",
      localAddress: "127.0.0.1",
      localPort: 8080,
    },
    { address: "127.0.0.1", port: 8080, family: "IPv4" },
    true,
    true,
    false,
    "open",
    "1.1",
  ]);
});

test("a TLS client shows as an encrypted socket", async () => {
  const hosted = await host((req, res) => {
    const socket = req.socket as TLSSocket;
    res.end(JSON.stringify([socket.encrypted, socket.authorized, socket.getPeerCertificate()]));
  });
  const exchange = await exchangeWith(hosted, {
    connection: { encrypted: true, remoteAddress: "2001:db8::1" },
  });
  assert.equal(exchange.text, "[true,false,{}]");
});

test("target, methods and field bytes come through untouched", async () => {
  const hosted = await host((req, res) => {
    res.end(JSON.stringify([req.method, req.url, req.rawHeaders, req.headers["x-latin"]]));
  });
  const exchange = await exchangeWith(hosted, {
    method: "PROPFIND",
    target: "/a%2Fb/../c?q='\"|%zz&\xe9=[]//",
    rawHeaders: ["HOST", "a.example", "X-Latin", "caf\xe9"],
  });
  assert.deepEqual(JSON.parse(exchange.text), [
    "PROPFIND",
    "/a%2Fb/../c?q='\"|%zz&\xe9=[]//",
    ["HOST", "a.example", "X-Latin", "caf\xe9"],
    "caf\xe9",
  ]);
});

test("a large header arrives whole in both directions", async () => {
  const large = "x".repeat(60_000);
  const hosted = await host((req, res) => {
    res.setHeader("X-Back", req.headers["x-large"] as string);
    res.end();
  });
  const exchange = await exchangeWith(hosted, { rawHeaders: ["X-Large", large] });
  assert.equal(exchange.field("x-back"), large);
});

test("several Set-Cookie keep their order", async () => {
  const hosted = await host((_, res) => {
    res.setHeader("Set-Cookie", ["c=3", "a=1"]);
    res.appendHeader("set-cookie", "b=2");
    res.end();
  });
  const exchange = await exchangeWith(hosted);
  const cookies = exchange.fields.filter(([name]) => name.toLowerCase() === "set-cookie");
  assert.deepEqual(
    cookies.map(([, value]) => value),
    ["c=3", "a=1", "b=2"],
  );
});

test("a Transfer-Encoding that the client sent is seen once", async () => {
  const hosted = await host((req, res) => {
    req.resume().on("end", () => res.end(req.rawHeaders.join()));
  });
  const rawHeaders = ["transfer-encoding", "chunked", "X-After", "1"];
  const exchange = new RecordingExchange({ ...post, rawHeaders });
  hosted.handle(exchange);
  exchange.endBody();
  await exchange.over;
  assert.equal(exchange.text, "transfer-encoding,chunked,X-After,1");
});

test("a body of unknown length is seen as chunked, one with a length is not", async () => {
  const hosted = await host((req, res) => {
    req.resume().on("end", () => res.end(String(req.headers["transfer-encoding"])));
  });
  const unknown = new RecordingExchange(post);
  hosted.handle(unknown);
  unknown.endBody();
  await unknown.over;
  assert.equal(unknown.text, "chunked");
  const known = await exchangeWith(hosted, {
    method: "POST",
    rawHeaders: ["Content-Length", "2"],
    firstBody: "ab",
  });
  assert.equal(known.text, "undefined");
});

test("trailers go both ways", async () => {
  const hosted = await host((req, res) => {
    req.resume().on("end", () => {
      res.writeHead(200, { Trailer: "X-Back" });
      res.write("body");
      res.addTrailers({ "X-Back": `${req.trailers["x-sum"]}/${req.rawTrailers.length}` });
      res.end();
    });
  });
  const exchange = new RecordingExchange(post);
  hosted.handle(exchange);
  await exchange.sendBody(Buffer.from("abc"));
  exchange.endBody(["X-Sum", "3"]);
  await exchange.over;
  assert.deepEqual(exchange.trailers, ["X-Back", "3/2"]);
});

test("an answer shorter than its Content-Length is cut, a longer one ends there", async () => {
  const short = await host((_, res) => {
    res.writeHead(200, { "Content-Length": 10 });
    res.write("12345");
    setImmediate(() => res.end());
  });
  const cut = await exchangeWith(short);
  assert.deepEqual(cut.calls, ["respond 200 5", "reset"]);
  assert.match(cut.resetDetail ?? "", /5 bytes short/);
  const long = await host((_, res) => res.writeHead(200, { "Content-Length": 3 }).end("12345"));
  const trimmed = await exchangeWith(long);
  assert.deepEqual([trimmed.text, trimmed.calls], ["123", ["respond 200 3 end"]]);
});

test("a Content-Length that is no number is no answer", async () => {
  const hosted = await host((_, res) => res.writeHead(200, { "Content-Length": "many" }).end("x"));
  assert.deepEqual((await exchangeWith(hosted)).calls, ["reset"]);
});

test("an answer that is written to the socket itself is an answer, framed as it says", async () => {
  const head = "HTTP/1.1 203 Mine\r\nX-Mine: 1\r\n";
  const closed = await host(({ socket }) => {
    socket.write(`${head}\r\n`);
    socket.write("to the ");
    socket.end("end");
  });
  const counted = await host(({ socket }) => {
    socket.write(Buffer.from(`${head}Content-Length: 3\r\n\r\nonetwo`));
  });
  const chunked = await host(({ socket }) => {
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    setImmediate(() => socket.write("3\r\none\r\n0\r\n\r\n"));
  });
  const destroyed = await host(({ socket }) => {
    socket.write(`${head}Content-Length: 3\r\n\r\none`);
    socket.destroy(new Error("no more"));
  });
  for (const [hosted, text] of [
    [closed, "to the end"],
    [destroyed, "one"],
    [counted, "one"],
    [chunked, "one"],
  ] as const) {
    const exchange = await exchangeWith(hosted);
    assert.deepEqual(
      [exchange.response?.status, exchange.response?.statusMessage, exchange.field("x-mine")],
      [203, "Mine", "1"],
    );
    assert.equal(exchange.text, text);
  }
});

test("an application that answers on the socket itself has read the request's body", async () => {
  const hosted = await host((req) => {
    void (async () => {
      const parts = await req.toArray();
      req.socket.end(`HTTP/1.1 200 OK\r\n\r\n${Buffer.concat(parts as Buffer[]).toString()}`);
    })();
  });
  const exchange = new RecordingExchange({ method: "POST", streams: true });
  hosted.handle(exchange);
  await exchange.sendBody(Buffer.from("read"));
  exchange.endBody();
  await exchange.over;
  assert.equal(exchange.text, "read");
});

test("what is no HTTP, and an end without an answer, are no answer", async () => {
  const garbage = await host(({ socket }) => void socket.write("hello\r\n\r\n"));
  const nothing = await host(({ socket }) => void socket.end());
  const broken = await host(({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    socket.end();
  });
  for (const hosted of [garbage, nothing, broken])
    assert.equal((await exchangeWith(hosted)).calls.at(-1), "reset");
});

test("an HTTP/1.0 answer without a length ends with the application", async () => {
  const hosted = await host((_, res) => {
    res.write("one");
    setImmediate(() => res.end("two"));
  });
  const exchange = await exchangeWith(hosted, { httpVersionMinor: 0 });
  assert.deepEqual([exchange.text, exchange.trailers], ["onetwo", []]);
  assert.equal(exchange.field("transfer-encoding"), undefined);
});

test("an expectation of 100-continue is met, and the application may check it", async () => {
  const rawHeaders = ["Expect", "100-continue"];
  const plain = await host((_, res) => res.end("plain"));
  const met = await exchangeWith(plain, { rawHeaders });
  assert.deepEqual([met.interims, met.text], [[["100"]], "plain"]);
  const old = await exchangeWith(plain, { rawHeaders, httpVersionMinor: 0 });
  assert.deepEqual([old.interims, old.text], [[], "plain"]);
  const server = createServer((_, res) => res.end("not here"));
  server.on("checkContinue", (_, res) => {
    res.writeContinue();
    res.end("checked");
  });
  assert.equal((await exchangeWith(await hostModule(server), { rawHeaders })).text, "checked");
  const other = await exchangeWith(plain, { rawHeaders: ["Expect", "miracles"] });
  assert.equal(other.response?.status, 417);
});

test("a server's own message classes, timeouts and connection listeners hold", async () => {
  class OwnRequest extends IncomingMessage {
    own = "request";
  }
  const connections: Socket[] = [];
  const server = createServer({ IncomingMessage: OwnRequest }, (req, res) => {
    assert.equal(connections[0], req.socket);
    res.write(req.own);
  });
  server.on("connection", (socket) => connections.push(socket));
  server.timeout = 20;
  const timedOut: unknown[] = [];
  server.on("timeout", (socket: Socket) => {
    timedOut.push(socket);
    socket.destroy();
  });
  const exchange = await exchangeWith(await hostModule(server));
  assert.deepEqual(exchange.calls, ["respond 200 7", "reset"]);
  assert.deepEqual(timedOut, connections);
});

test("res.setTimeout cuts a silent request unless somebody handles it", async () => {
  const cut = await host((_, res) => void res.setTimeout(10));
  assert.deepEqual((await exchangeWith(cut)).calls, ["reset"]);
  const handled = await host((_, res) => void res.setTimeout(10, () => res.end("slow")));
  assert.equal((await exchangeWith(handled)).text, "slow");
});

test("Node's diagnostics channels report requests as from its own server", async () => {
  const names = ["http.server.request.start", "http.server.response.finish"];
  const seen: string[] = [];
  const listener = (_: unknown, name: string | symbol): void => void seen.push(String(name));
  for (const name of names) diagnostics.subscribe(name, listener);
  await exchangeWith(await host((_, res) => res.end()));
  await turn();
  for (const name of names) diagnostics.unsubscribe(name, listener);
  assert.deepEqual(seen, names);
});
