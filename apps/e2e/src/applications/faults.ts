// Throws where it is told to: /…/<place>. `/…/held` is answered once somebody asks for `/…/release`; `/…/running`
// tells how many are held.

import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

const held: ServerResponse[] = [];

type Place = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** What goes wrong. */
export function fault(): never {
  throw new Error("a fault of the application");
}

const places: Readonly<Record<string, Place>> = {
  held: (_request, response) => void held.push(response),
  running: (_request, response) => void response.end(String(held.length)),
  release: (_request, response) => {
    for (const each of held.splice(0)) each.end(`held by ${process.pid}`);
    response.end();
  },
  handler: fault,
  async: async () => {
    await delay(1);
    fault();
  },
  "after-head": async (_request, response) => {
    response.write("begun");
    await delay(50);
    fault();
  },
  "status-0": (_request, response) => void response.writeHead(0).end(),
  "status-99": (_request, response) => void response.writeHead(99).end(),
  "status-1000": (_request, response) => void response.writeHead(1000).end(),
  name: (_request, response) => void response.setHeader("no token", "1").end(),
  value: (_request, response) => void response.setHeader("X-Value", "a\r\nX-Evil: 1").end(),
  phrase: (_request, response) => void response.writeHead(200, "O\r\nK").end(),
  "large-header": (_request, response) =>
    void response.setHeader("X-Large", "a".repeat(300 * 1024)).end("body"),
  "huge-header": (_request, response) =>
    void response.setHeader("X-Large", "a".repeat(9 * 1024 * 1024)).end("body"),
  timer: () => void setTimeout(fault, 1),
  rejection: () => void Promise.reject(new Error("a fault of the application")),
  data: (request) => void request.on("data", fault),
  close: (_request, response) => {
    response.on("close", fault);
    response.end("answered");
  },
};

export default function faults(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> | void {
  const [, , name = ""] = (request.url ?? "").split("/");
  return places[name]?.(request, response);
}
