// For tests: an open port with a front, on loopback, whose requests a function answers.

import type { IncomingMessage, ServerResponse } from "node:http";
import { connect as connectHttp2, type ClientHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { once, type EventEmitter } from "node:events";
import { plainEdge, type EdgeSettings, type UrlScheme } from "@penstock/domain";
import { writeRefusal } from "@penstock/http";
import { freePorts, ManualClock } from "@penstock/testing";
import { givenHandler } from "../../test-support/given-handler.ts";
import type { TrafficHandler } from "../../traffic-server.ts";
import { FrontedServer } from "../fronted-server.ts";
import { givenEdge, givenCertificateFiles } from "./given-edge.ts";

/** Answers a request of a test. */
export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Opens a port. */
export async function givenFront(
  handle: Handle,
  settings: Partial<EdgeSettings> = {},
  scheme: UrlScheme = "https",
  changes: Partial<TrafficHandler> = {},
) {
  const [port = 0] = await freePorts(1);
  const clock = new ManualClock();
  const { edge, edgeEvents, lines, metrics } = givenEdge(clock);
  const certificate = givenCertificateFiles("shop.example");
  edge.use({ ...plainEdge, certificates: [certificate], ...settings });
  const server = await FrontedServer.open(
    "127.0.0.1",
    { port, scheme },
    {
      handler: { ...givenHandler(handle), ...changes },
      refuse: (request, response, reason) =>
        writeRefusal(request, response, { reason, detail: "", requestId: "id" }),
      certificates: edge.certificates,
      expectsProxyHeader: edge.expectsProxyHeader,
      events: edgeEvents,
    },
  );
  const ca = certificate.made.cert;
  const sessions: ClientHttp2Session[] = [];
  return {
    server,
    port,
    edge,
    clock,
    lines,
    ca,
    /** The value of a counter. */
    counted: async (series: string): Promise<number> => {
      const text = await metrics.render();
      const line = text.split("\n").find((each) => each.startsWith(`${series} `));
      return Number(line?.slice(series.length));
    },
    handshake: async (options: ConnectionOptions = {}): Promise<TLSSocket> => {
      const socket = connect({
        host: "127.0.0.1",
        port,
        ca,
        servername: "shop.example",
        ...options,
      });
      await once(socket, "secureConnect");
      return socket;
    },
    http2: (options: object = {}): ClientHttp2Session => {
      const session = connectHttp2(`https://127.0.0.1:${port}`, {
        ca,
        servername: "shop.example",
        ...options,
      });
      session.on("error", () => {});
      sessions.push(session);
      return session;
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      edge[Symbol.dispose]();
      for (const session of sessions) session.destroy();
      server.destroyConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Resolves when a stream is closed, however. */
export function closed(stream: EventEmitter): Promise<void> {
  return new Promise((resolve) => void stream.once("close", resolve));
}

/** Sends text and reads to the connection's end. */
export async function talk(socket: Socket, text: string | Buffer): Promise<string> {
  let answer = "";
  socket.setEncoding("latin1");
  socket.on("data", (part: string) => (answer += part));
  socket.on("error", () => {});
  socket.write(text);
  await once(socket, "close");
  return answer;
}
