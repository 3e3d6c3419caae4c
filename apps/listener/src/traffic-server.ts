// One port that URL prefixes name. Fastify owns the server: it listens, closes idle connections and waits
// for the busy ones. Requests go straight from node:http to the request path: routing is ours
// (docs/adr/0003-traffic-bypasses-the-router.md).

import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import fastify, { type FastifyInstance } from "fastify";
import { mayUpgrade, type ListenerHttp } from "@penstock/http";
import { portFailure } from "@penstock/process";

/** What a port does with what comes: the request path and its limits. */
export type TrafficHandler = Pick<
  ListenerHttp,
  | "handle"
  | "handleUpgrade"
  | "answerConnect"
  | "clientError"
  | "sessionIdle"
  | "limits"
  | "timeouts"
> & {
  readonly watch: Pick<ListenerHttp["watch"], "add">;
};

/** How often connections that became idle are closed while a port closes, milliseconds. */
export const IDLE_SWEEP_MS = 50;

/** A connection with the response that node:http is writing to it, or has yet to write. */
export interface HttpSocket extends Socket {
  /** It carries no more requests: it ends with the one that it was given to. */
  upgraded?: boolean;
  readonly _httpMessage?: object | null;
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
      // Fastify would answer itself, before anybody else is asked.
      clientErrorHandler: (error, socket) => handler.clientError(error, socket),
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
      // Time limits are those of URL groups: the watch looks after them.
      keepAliveTimeout: 0,
      headersTimeout: 0,
      requestTimeout: 0,
      maxHeaderSize: handler.limits.maxRequestBytes,
      // A missing Host is refused by the request path, with its reason.
      requireHostHeader: false,
      noDelay: true,
      shouldUpgradeCallback: mayUpgrade,
    },
    handler.handle,
  );
  // What a client's end means, the watch says. To node:http it would be the end of whatever is in hand.
  Object.assign(server, { httpAllowHalfOpen: true });
  // node:http would leave out what exceeds its own limit of fields, and say nothing: a second Host, a length.
  server.maxHeadersCount = 0;
  // Whether the client may send its body is the application's to say.
  server.on("checkContinue", handler.handle);
  server.on("checkExpectation", handler.handle);
  server.on("upgrade", (request, socket: Duplex & { upgraded?: boolean }, early) => {
    socket.upgraded = true;
    handler.handleUpgrade(request, socket, early);
  });
  server.on("connect", handler.answerConnect);
  server.on("connection", (socket) => {
    connections.add(socket);
    handler.watch.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  return server;
}
