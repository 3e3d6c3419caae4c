// What an application of plain node:http can do with a request: the path says what. Served directly and
// behind Penstock, it has to look the same from outside.

import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";

type Act = (
  request: IncomingMessage,
  response: ServerResponse,
  rest: string,
) => Promise<void> | void;

const acts: Readonly<Record<string, Act>> = {
  /** Everything that arrived, a line each; of no announced length, because two lines differ in length. */
  seen: async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.setHeader("Content-Type", "text/plain; charset=latin1");
    const { method, url, httpVersion, rawHeaders, rawTrailers, complete } = request;
    response.write(`${method} ${url} HTTP/${httpVersion} complete=${complete}\n`, "latin1");
    for (const line of linesOf(rawHeaders)) response.write(`${line}\n`, "latin1");
    response.write(`body ${Buffer.concat(chunks).toString("latin1")}\n`, "latin1");
    for (const line of linesOf(rawTrailers)) response.write(`trailer ${line}\n`, "latin1");
    response.end();
  },
  echo: (request, response) => {
    response.flushHeaders();
    request.pipe(response);
  },
  status: (_request, response, rest) => {
    const [code = "200", text = ""] = rest.split("/");
    response.writeHead(Number(code), { "X-Status": code });
    response.end(text);
  },
  reason: (_request, response, rest) => {
    response.writeHead(Number(rest), "As It Likes", { "X-Reason": "yes" });
    response.end("reason");
  },
  length: (_request, response, rest) => {
    const body = Buffer.alloc(Number(rest), "l");
    response.writeHead(200, { "Content-Length": body.length });
    response.end(body);
  },
  chunked: async (_request, response, rest) => {
    for (let n = 0; n < Number(rest); n++) {
      response.write(`piece ${n};`);
      await turn();
    }
    response.end();
  },
  fields: (_request, response) => {
    response.writeHead(200, [
      "X-First",
      "1",
      "Set-Cookie",
      "a=1; Path=/",
      "x-lower-CASE",
      "2",
      "Set-Cookie",
      "b=2",
      "X-Twice",
      "one",
      "X-Empty",
      "",
      "X-Twice",
      "two",
      "Set-Cookie",
      "c=3; HttpOnly",
      "X-Latin",
      "na\u00efve caf\u00e9",
      "Content-Length",
      "5",
    ]);
    response.end(Buffer.from("bytes"));
  },
  "set-header": (_request, response) => {
    response.setHeader("B-Second", "2");
    response.setHeader("a-first", ["1", "one"]);
    response.appendHeader("B-Second", "two");
    response.setHeader("X-Gone", "gone");
    response.removeHeader("X-Gone");
    response.statusMessage = "Set Before";
    response.end("set");
  },
  "big-field": (_request, response, rest) => {
    response.setHeader("X-Big", "b".repeat(Number(rest)));
    response.end("big");
  },
  "many-fields": (_request, response, rest) => {
    for (let n = 0; n < Number(rest); n++) response.setHeader(`X-Many-${n}`, String(n));
    response.end("many");
  },
  "no-date": (_request, response) => {
    response.sendDate = false;
    response.end("no date");
  },
  "own-date": (_request, response) => {
    response.setHeader("Date", "Thu, 01 Jan 1970 00:00:00 GMT");
    response.end("own date");
  },
  head: (_request, response) => {
    response.setHeader("Content-Length", "12345");
    response.end();
  },
  trailers: (_request, response) => {
    response.writeHead(200, { Trailer: "X-Sum" });
    response.write("first,");
    response.write("second");
    response.addTrailers({ "X-Sum": "42", "X-More": "7" });
    response.end();
  },
  /** Answers before it has read anything, and never reads. */
  early: (_request, response) => {
    response.writeHead(413, { "X-Early": "yes" });
    response.end("too much");
  },
  close: (_request, response) => {
    response.setHeader("Connection", "close");
    response.end("closing");
  },
  range: (request, response) => {
    const all = Buffer.from("0123456789".repeat(10));
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    if (!match) {
      response.writeHead(200, { "Accept-Ranges": "bytes" }).end(all);
      return;
    }
    const [from, to] = [Number(match[1]), Number(match[2])];
    if (from >= all.length) {
      response.writeHead(416, { "Content-Range": `bytes */${all.length}` }).end();
      return;
    }
    const part = all.subarray(from, to + 1);
    const fields = {
      "Content-Range": `bytes ${from}-${to}/${all.length}`,
      "Content-Length": part.length,
    };
    response.writeHead(206, fields).end(part);
  },
  "early-hints": (_request, response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" }, () =>
      response.end("hinted"),
    );
  },
  processing: (_request, response) => {
    response.writeProcessing();
    response.end("processed");
  },
  "flush-headers": async (request, response) => {
    response.setHeader("X-Flushed", "yes");
    response.flushHeaders();
    for await (const _ of request);
    response.end("after the header");
  },
  "destroy-before": (_request, response) => void response.destroy(),
  "destroy-after-head": (request, response) => {
    response.writeHead(200, { "Content-Length": "10" });
    response.flushHeaders();
    request.once("data", () => response.destroy());
  },
  "destroy-mid-body": (request, response) => {
    response.write("some of it");
    request.once("data", () => response.destroy());
  },
  "end-twice": (_request, response) => {
    response.on("error", () => {});
    response.end("once");
    response.end("twice");
  },
  "write-empty": (_request, response) => {
    response.write("");
    response.write("a");
    response.write(Buffer.alloc(0));
    response.end("");
  },
  cork: (_request, response) => {
    response.cork();
    response.write("one,");
    response.write("two");
    response.uncork();
    response.end();
  },
  latin: (_request, response) => {
    response.setHeader("Content-Type", "text/plain; charset=latin1");
    response.end("na\u00efve caf\u00e9", "latin1");
  },
  binary: (_request, response) => {
    response.end(Buffer.from(Array.from({ length: 1024 }, (_, n) => n & 255)));
  },
};

function linesOf(raw: readonly string[]): string[] {
  return raw.flatMap((name, n) => (n % 2 === 0 ? [`${name}: ${raw[n + 1] ?? ""}`] : []));
}

export default function act(request: IncomingMessage, response: ServerResponse): void {
  const [, name = "", ...rest] = (request.url ?? "").replace(/[?].*$/, "").split("/");
  void (acts[name] ?? acts["seen"])?.(request, response, rest.join("/"));
}
