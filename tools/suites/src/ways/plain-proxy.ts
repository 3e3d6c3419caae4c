// A plain streaming proxy: what any intermediary that touches as little as it can does to a suite. Whatever
// fails through it as well is no finding about Penstock.

import { once } from "node:events";
import { Agent, createServer, request as ask, type IncomingMessage, type Server } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";
import type { Slot, SlotPlan } from "../slots/slot-plan.ts";
import type { Way } from "./way.ts";

/** The fields that end at a connection (RFC 9110 §7.6.1); the framing is the next hop's. */
const CONNECTION_FIELDS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Opens a proxy port for each slot. */
export async function openPlainProxy(plan: SlotPlan): Promise<Way> {
  const agent = new Agent({ keepAlive: true });
  const servers = await Promise.all(plan.slots.map((slot) => openPort(slot, agent)));
  return {
    name: "proxy",
    plan,
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function openPort({ front, back }: Slot, agent: Agent): Promise<Server> {
  const server = createServer({ requestTimeout: 0 });
  server.on("request", (request, response) => {
    const { method, url, rawHeaders } = request;
    const options = { method, path: url, headers: passedOn(rawHeaders), setHost: false };
    const forwarded = ask({ ...options, host: "127.0.0.1", port: back, agent });
    forwarded.on("response", (answer) => {
      response.writeHead(
        answer.statusCode ?? 502,
        answer.statusMessage ?? "",
        passedOn(answer.rawHeaders),
      );
      response.flushHeaders();
      answer.on("end", () => response.addTrailers(answer.trailers));
      pipeline(answer, response, () => {});
    });
    forwarded.on("error", () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    forwarded.on("information", ({ statusCode, headers }) => {
      if (statusCode === 103) response.writeEarlyHints(headers as Record<string, string>);
    });
    response.on("close", () => forwarded.destroy());
    // A request without a body is passed on as one.
    const { "content-length": length, "transfer-encoding": coding } = request.headers;
    if (length === undefined && coding === undefined) forwarded.useChunkedEncodingByDefault = false;
    request.pipe(forwarded);
  });
  server.on("upgrade", (request, socket, head) => tunnel(back, request, { socket, head }));
  server.listen(front);
  await once(server, "listening");
  return server;
}

function tunnel(
  back: number,
  { method, url, rawHeaders }: IncomingMessage,
  { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
): void {
  const server = connect({ host: "127.0.0.1", port: back });
  const fields = rawHeaders.map((text, n) => (n % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join("");
  server.write(`${method} ${url} HTTP/1.1\r\n${fields}\r\n`, "latin1");
  server.write(head);
  pipeline(server, socket, () => {});
  pipeline(socket, server, () => {});
}

function passedOn(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const [name = "", value = ""] = [rawHeaders[n], rawHeaders[n + 1]];
    if (!CONNECTION_FIELDS.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
