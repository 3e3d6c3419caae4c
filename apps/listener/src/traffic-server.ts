// One port that URL prefixes name. Fastify owns the server: it listens, closes idle connections and waits
// for the busy ones. Requests go straight from node:http to the request path: routing is ours
// (docs/adr/0003-traffic-bypasses-the-router.md).

import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import fastify, { type FastifyInstance } from "fastify";
import { answerClientError, answerConnect, mayUpgrade } from "@penstock/http";
import { portFailure } from "@penstock/process";

/** HTTP.sys's IdleConnection and HeaderWait defaults, milliseconds. */
export const IDLE_CONNECTION_MS = 120_000;
const HEADER_WAIT_MS = 120_000;

/** HTTP.sys's MaxRequestBytes: request line and header fields together, bytes. */
const HEADER_BYTES_MAX = 16_384;

/** How often connections that became idle are closed while a port closes, milliseconds. */
export const IDLE_SWEEP_MS = 50;

/** A connection with the response that node:http is writing to it, or has yet to write. */
export interface HttpSocket extends Socket {
  /** It carries no more requests: it ends with the one that it was given to. */
  upgraded?: boolean;
  readonly _httpMessage?: object | null;
}

/** What takes the requests of a port. */
export interface TrafficHandler {
  readonly handle: RequestListener;
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, early: Buffer) => void;
}

/** An open port. */
export class TrafficServer implements AsyncDisposable {
  readonly port: number;
  readonly address: string;
  readonly #fastify: FastifyInstance;
  readonly #connections: Set<HttpSocket>;

  private constructor(
    fastifyServer: FastifyInstance,
    at: { address: string; port: number },
    connections: Set<HttpSocket>,
  ) {
    this.#fastify = fastifyServer;
    this.address = at.address;
    this.port = at.port;
    this.#connections = connections;
  }

  /** Opens a port. Throws ServiceError PORT_IN_USE or PORT_NOT_OPENED. */
  static async open(
    address: string,
    port: number,
    handler: TrafficHandler,
  ): Promise<TrafficServer> {
    const connections = new Set<HttpSocket>();
    const server = fastify({
      serverFactory: () => createTrafficServer(handler, connections),
      forceCloseConnections: "idle",
    });
    try {
      await server.listen({ host: address, port });
    } catch (cause) {
      throw portFailure({ host: address, port }, cause, "use another port in the URL prefixes");
    }
    return new TrafficServer(server, { address, port }, connections);
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Stops listening, lets running requests finish, closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#fastify.close();
    const sweep = setInterval(() => this.#closeIdle(), IDLE_SWEEP_MS);
    this.#closeIdle();
    await closed;
    clearInterval(sweep);
  }

  #closeIdle(): void {
    this.#fastify.server.closeIdleConnections();
    closeIdle(this.#connections);
  }

  /** Cuts what is still connected. */
  destroyConnections(): void {
    for (const socket of this.#connections) socket.destroy();
  }
}

/**
 * Closes what carries no request. Node counts a connection as idle only after its first request, but
 * clients open some ahead or send half a header; and one whose last answer is being sent is idle only a
 * moment later.
 */
export function closeIdle(connections: Iterable<HttpSocket>): void {
  for (const socket of connections) if (!socket._httpMessage && !socket.upgraded) socket.destroy();
}

/** A server of HTTP/1.1 that keeps the set of its connections. */
export function createTrafficServer(handler: TrafficHandler, connections: Set<HttpSocket>): Server {
  const server = createServer(
    {
      keepAliveTimeout: IDLE_CONNECTION_MS,
      headersTimeout: HEADER_WAIT_MS,
      requestTimeout: 0,
      maxHeaderSize: HEADER_BYTES_MAX,
      // A missing Host is refused by the request path, with its reason.
      requireHostHeader: false,
      noDelay: true,
      shouldUpgradeCallback: mayUpgrade,
    },
    handler.handle,
  );
  // Whether the client may send its body is the application's to say.
  server.on("checkContinue", handler.handle);
  server.on("checkExpectation", handler.handle);
  server.on("upgrade", (request, socket: Duplex & { upgraded?: boolean }, early) => {
    socket.upgraded = true;
    handler.handleUpgrade(request, socket, early);
  });
  server.on("connect", answerConnect);
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("clientError", answerClientError);
  return server;
}
