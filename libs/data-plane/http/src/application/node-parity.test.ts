// Node-style handlers behave as in a real http.Server: every handler of this table runs behind a loopback
// server of Node's and behind an exchange, and both must come to the same answer and the same events.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as clientRequest } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { withoutHopByHop } from "./hop-by-hop.ts";
import { hostModule } from "./host-module.ts";
import { RecordingExchange } from "./recording-exchange.ts";

interface Outcome {
  readonly status: number | undefined;
  readonly statusMessage: string | undefined;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  readonly events: readonly string[];
}

interface Case {
  readonly title: string;
  readonly handler: RequestListener;
  readonly method?: string;
  readonly headers?: string[];
  readonly body?: string;
  /**
   * The end of a request body comes a tick after its last bytes in Node's parser, and together with them
   * here (as from a network that delivers both at once): the order of the two objects' events may differ.
   */
  readonly endTogether?: true;
}

const watchedRequest = ["end", "close", "aborted", "error"];
const watchedResponse = ["prefinish", "finish", "close", "error", "drain"];

/** Notes the events of both objects, and what their state says at each. */
function watched(handler: RequestListener, events: string[]): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    for (const name of watchedRequest) {
      request.on(name, () => events.push(`request ${name} complete=${request.complete}`));
    }
    for (const name of watchedResponse) {
      response.on(name, () => {
        const { writableEnded, writableFinished, destroyed, headersSent } = response;
        const socket = response.socket === null ? "detached" : "attached";
        events.push(
          `response ${name} ${socket} ${[writableEnded, writableFinished, destroyed, headersSent].join()}`,
        );
      });
    }
    handler(request, response);
    events.push(`handler returned complete=${request.complete}`);
  };
}

async function overNode(testCase: Case): Promise<Outcome> {
  const events: string[] = [];
  const server = createServer(watched(testCase.handler, events));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { method = "GET", headers = ["Host", "app.example"], body } = testCase;
  const outgoing = clientRequest({ port, method, headers, path: "/a?b=c", agent: false });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  await settled();
  server.close();
  await once(server, "close");
  return {
    status: incoming.statusCode,
    statusMessage: incoming.statusMessage,
    fields: withoutDate(withoutHopByHop(incoming.rawHeaders)),
    body: Buffer.concat(chunks).toString("latin1"),
    trailers: incoming.rawTrailers,
    events,
  };
}

async function overExchange(testCase: Case): Promise<Outcome> {
  const events: string[] = [];
  const host = await hostModule(createServer(watched(testCase.handler, events)));
  const { method, headers, body } = testCase;
  const exchange = new RecordingExchange({
    target: "/a?b=c",
    ...(method === undefined ? {} : { method }),
    ...(headers === undefined ? {} : { rawHeaders: withoutHopByHop(headers) }),
    ...(body === undefined ? {} : { firstBody: body }),
  });
  host.handle(exchange);
  await exchange.over;
  await settled();
  return {
    status: exchange.response?.status,
    statusMessage: exchange.response?.statusMessage,
    fields: withoutDate(exchange.response?.rawHeaders ?? []),
    body: exchange.body.toString("latin1"),
    trailers: exchange.trailers ?? [],
    events,
  };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

function withoutDate(rawHeaders: readonly string[]): string[] {
  const at = rawHeaders.indexOf("Date");
  return at === -1 ? [...rawHeaders] : rawHeaders.toSpliced(at, 2);
}

const post = {
  method: "POST",
  headers: ["Host", "app.example", "Content-Length", "5"],
  body: "hello",
};
const chunkedPost = {
  method: "POST",
  headers: ["Host", "app.example", "Transfer-Encoding", "chunked"],
  body: "hello",
};

const cases: Case[] = [
  { title: "end with a text", handler: (_, res) => res.end("hello") },
  { title: "end with nothing", handler: (_, res) => res.end() },
  { title: "end with bytes", handler: (_, res) => res.end(Buffer.from([0, 255, 13, 10, 48])) },
  { title: "end in a later tick", handler: (_, res) => void setImmediate(() => res.end("late")) },
  {
    title: "several writes and an end",
    handler(_, res) {
      res.write("one,");
      res.write(Buffer.from("two,"));
      res.end("three");
    },
  },
  {
    title: "writes in later ticks",
    handler(_, res) {
      res.write("one,");
      setImmediate(() => {
        res.write("two,");
        setImmediate(() => res.end());
      });
    },
  },
  {
    title: "a length and writes",
    handler(_, res) {
      res.setHeader("Content-Length", 9);
      res.write("one,");
      res.write("two,");
      setImmediate(() => res.end("3"));
    },
  },
  {
    title: "the head flushed early",
    handler(_, res) {
      res.setHeader("X-Early", "1");
      res.flushHeaders();
      setImmediate(() => res.end("body"));
    },
  },
  {
    title: "writeHead with an object",
    handler: (_, res) => res.writeHead(201, { "X-A": "1", b: 2 }).end("x"),
  },
  {
    title: "writeHead with a reason",
    handler: (_, res) => res.writeHead(299, "Very Fine", { a: "b" }).end(),
  },
  {
    title: "writeHead with a flat list",
    handler: (_, res) =>
      res.writeHead(200, ["Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-C", "3"]).end("x"),
  },
  {
    title: "writeHead over set headers",
    handler(_, res) {
      res.setHeader("X-One", "set");
      res.setHeader("Set-Cookie", ["a=1", "b=2"]);
      res.writeHead(200, { "x-one": "overridden", "Content-Type": "text/plain" });
      res.end("x");
    },
  },
  {
    title: "appended headers keep order and case",
    handler(_, res) {
      res.appendHeader("vArY", "a").appendHeader("Vary", "b").setHeader("ETag", '"1"');
      res.end("x");
    },
  },
  { title: "an empty reason", handler: (_, res) => ((res.statusMessage = " "), void res.end("x")) },
  { title: "status 204", handler: (_, res) => res.writeHead(204).end("ignored") },
  {
    title: "status 304 with a length",
    handler: (_, res) => res.writeHead(304, { "Content-Length": 77, ETag: "x" }).end(),
  },
  { title: "HEAD", method: "HEAD", handler: (_, res) => res.end("not sent") },
  {
    title: "HEAD with a length",
    method: "HEAD",
    handler: (_, res) => res.writeHead(200, { "Content-Length": 5 }).end("hello"),
  },
  {
    title: "Latin-1 in a header before text",
    handler: (_, res) => res.writeHead(200, { "X-L": "caf\xe9" }).end("text"),
  },
  {
    title: "Latin-1 in a header before bytes",
    handler: (_, res) => res.writeHead(200, { "X-L": "caf\xe9" }).end(Buffer.from("b")),
  },
  {
    title: "Latin-1 in the header of a chunked answer",
    handler(_, res) {
      res.writeHead(200, { "X-L": "caf\xe9" });
      res.write("a");
      setImmediate(() => res.end("b"));
    },
  },
  {
    title: "writes in several encodings",
    handler(_, res) {
      res.write("68e9", "hex");
      res.write("w6k=", "base64");
      res.write("\xe9", "latin1");
      res.write("\xe9", "utf8");
      res.end("é", "utf16le");
    },
  },
  {
    title: "trailers",
    handler(_, res) {
      res.writeHead(200, { Trailer: "X-Sum" });
      res.write("body");
      res.addTrailers({ "X-Sum": "4", "X-Other": "1" });
      res.end();
    },
  },
  {
    title: "cork and uncork by hand",
    handler(_, res) {
      res.cork();
      res.write("a");
      res.write("b");
      res.uncork();
      res.end("c");
    },
  },
  {
    title: "a chunked answer that claims a length",
    handler: (_, res) => res.writeHead(200, { "Transfer-Encoding": "chunked" }).end("hello"),
  },
  {
    title: "Connection: close",
    handler: (_, res) => res.writeHead(200, { Connection: "close" }).end("x"),
  },
  {
    title: "fields named by Connection go",
    handler: (_, res) =>
      res.writeHead(200, { Connection: "X-Hop, close", "X-Hop": "1", "X-Stay": "2" }).end("x"),
  },
  { title: "no Date", handler: (_, res) => ((res.sendDate = false), void res.end("x")) },
  {
    title: "interim answers before the answer",
    handler(_, res) {
      res.writeProcessing();
      res.writeEarlyHints({ link: "</a.css>; rel=preload" });
      res.end("x");
    },
  },
  { title: "end with a callback", handler: (_, res) => void res.end("x", () => {}) },
  { title: "an ignored request body", ...post, handler: (_, res) => res.end("x") },
  { title: "an ignored chunked request body", ...chunkedPost, handler: (_, res) => res.end("x") },
  {
    title: "a request body thrown away",
    ...post,
    endTogether: true,
    handler: (req, res) => (req.resume(), void res.end("x")),
  },
  {
    title: "an echo",
    ...post,
    handler: (req, res) => void req.pipe(res),
  },
  {
    title: "an echo of a chunked body",
    ...chunkedPost,
    handler: (req, res) => void req.pipe(res),
  },
  {
    title: "an answer after the request body",
    ...post,
    handler(req, res) {
      let length = 0;
      req.on("data", (chunk: Buffer) => (length += chunk.length));
      req.on("end", () => res.end(String(length)));
    },
  },
  {
    title: "what the application sees of a request",
    ...post,
    headers: [
      "HoSt",
      "app.example",
      "Content-Length",
      "5",
      "X-A",
      "1",
      "x-a",
      "2",
      "Cookie",
      "a=1",
      "cookie",
      "b=2",
      "Age",
      "1",
      "age",
      "2",
    ],
    handler(req, res) {
      const { method, url, httpVersion, headers, headersDistinct, aborted, complete } = req;
      const { upgrade } = req as typeof req & { upgrade: boolean };
      // This hop's own field, which the client of the real server sends.
      const rawHeaders = withoutHopByHop(req.rawHeaders);
      delete headers.connection;
      delete headersDistinct["connection"];
      const flags = { upgrade, aborted, complete };
      res.end(
        JSON.stringify({ method, url, httpVersion, rawHeaders, headers, headersDistinct, flags }),
      );
    },
  },
  {
    title: "a write after the end",
    handler(_, res) {
      res.end("x");
      res.write("y");
    },
  },
  {
    title: "headers set too late throw",
    handler(_, res) {
      res.write("x");
      try {
        res.setHeader("a", "b");
      } catch (error) {
        res.end((error as NodeJS.ErrnoException).code);
      }
    },
  },
];

for (const testCase of cases) {
  test(`as in Node's server: ${testCase.title}`, async () => {
    const [genuine, ours] = await Promise.all([overNode(testCase), overExchange(testCase)]);
    if (testCase.endTogether !== true) return assert.deepEqual(ours, genuine);
    assert.deepEqual(
      { ...ours, events: ours.events.toSorted() },
      { ...genuine, events: genuine.events.toSorted() },
    );
  });
}
