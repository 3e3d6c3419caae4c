// The finer points of HTTP messages, by the last segment of the path: what a server of Node's does at each is
// what its clients see behind Penstock.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** What requests whose clients left showed, by name. */
const seen = new Map<string, unknown>();

const answers: Record<string, Answer> = {
  echo: async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { rawTrailers, headers } = request;
    const { te, expect, trailer } = headers;
    const body = String(Buffer.concat(chunks));
    response.end(JSON.stringify({ body, rawTrailers, te, expect, trailer }));
  },
  refuse: (_request, response) => {
    response.writeHead(413, { Connection: "close" });
    response.end("too large");
  },
  interim: (_request, response) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: "</a.css>; rel=preload", "x-hint": "1" });
    response.writeInformation(199, ["X-Odd", "caf\u00e9"]);
    response.end("final");
  },
  trailers: (_request, response) => {
    response.writeHead(200, { Trailer: "X-Sum" });
    response.write("sum");
    response.addTrailers({ "X-Sum": "42" });
    response.end();
  },
  flush: async (_request, response) => {
    response.writeHead(200, { "X-Flushed": "yes" });
    response.flushHeaders();
    await delay(600);
    response.write("one,");
    await delay(600);
    response.end("two");
  },
  cut: async (_request, response) => {
    response.writeHead(200, { "Content-Length": "100" });
    response.write("begun");
    await delay(100);
    response.destroy();
  },
  "cut-chunked": async (_request, response) => {
    response.write("begun");
    await delay(100);
    response.destroy();
  },
  slow: async (request, response) => {
    await delay(300);
    response.end(`slow ${request.method}`);
  },
  left: (request, response) => {
    const name = request.headers["x-name"] as string;
    request.resume();
    request.on("aborted", () => note(name, { aborted: true }));
    request.on("error", (error: NodeJS.ErrnoException) => note(name, { request: error.code }));
    response.on("close", () => note(name, { ended: response.writableEnded }));
    request.socket.on("close", () => note(name, { socket: true }));
    note(name, { began: true });
  },
  seen: (request, response) => {
    response.end(JSON.stringify(seen.get(request.headers["x-name"] as string) ?? {}));
  },
};

for (const status of [204, 205, 304]) {
  answers[status] = (_request, response) => {
    response.writeHead(status, { "X-Kept": "yes" });
    response.end();
  };
}

function note(name: string, fact: object): void {
  seen.set(name, { ...(seen.get(name) as object | undefined), ...fact });
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const name = (request.url ?? "").split("/").at(-1) ?? "";
  void (answers[name] ?? answers["echo"])?.(request, response);
}

const server = createServer(answer);
server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
  if (!request.url?.endsWith("refuse")) response.writeContinue();
  answer(request, response);
});

export default server;
