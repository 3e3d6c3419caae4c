// Shows exactly what arrived, and answers with exactly what it was told to: header fields in order and with
// duplicates, bytes as they are.

import type { IncomingMessage, ServerResponse } from "node:http";

let disconnects = 0;

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const answers: Readonly<Record<string, Answer>> = {
  seen: async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, rawHeaders, rawTrailers } = request;
    const body = Buffer.concat(chunks).toString("latin1");
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ method, url, rawHeaders, rawTrailers, body }));
  },
  fields: (_request, response) => {
    response.writeHead(203, "As Told", [
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
      "X-Between",
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
    // As bytes: Node writes header and body as one UTF-8 string when the body is a string.
    response.end(Buffer.from("bytes"));
  },
  head: (_request, response) => {
    response.setHeader("Content-Length", "12345");
    response.end();
  },
  empty: (_request, response) => {
    response.writeHead(204, { "X-Kept": "yes" });
    response.end();
  },
  unchanged: (_request, response) => {
    response.writeHead(304, { ETag: '"tag"', "X-Kept": "yes" });
    response.end();
  },
  trailers: (_request, response) => {
    response.writeHead(200, { Trailer: "X-Sum" });
    response.write("first,");
    response.write("second");
    response.addTrailers([
      ["X-Sum", "42"],
      ["X-More", "7"],
    ]);
    response.end();
  },
  early: (_request, response) => {
    response.writeHead(413, { "X-Early": "yes" });
    response.end("too much");
  },
  hang: (_request, response) => {
    response.once("close", () => (disconnects += response.writableFinished ? 0 : 1));
    response.write("begun");
  },
  silent: (_request, response) => {
    response.once("close", () => (disconnects += response.writableFinished ? 0 : 1));
  },
  disconnects: (_request, response) => {
    response.end(String(disconnects));
  },
};

export default async function fidelity(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, , name = ""] = (request.url ?? "").split(/[/?]/);
  await (answers[name] ?? answers["seen"])?.(request, response);
}
