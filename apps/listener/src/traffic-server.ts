// One port that URL prefixes name. Fastify owns the server: it listens, closes idle connections and waits
// for the busy ones. Requests go straight from node:http to the request path: routing is ours
// (docs/adr/0003-traffic-bypasses-the-router.md).

import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import type { ListenerHttp } from "@penstock/http";
import { portFailure } from "@penstock/process";

/** What a port does with what comes: the request path and its limits. */
export type TrafficHandler = Pick<ListenerHttp, "handle" | "clientError" | "limits"> & {
  readonly watch: Pick<ListenerHttp["watch"], "add">;
};

/** How often connections that became idle are closed while a port closes, milliseconds. */
const IDLE_SWEEP_MS = 50;

/** A connection with the response that node:http is writing to it, or has yet to write. */
interface HttpSocket extends Socket {
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

  /**
   * Closes what carries no request. Node counts a connection as idle only after its first request, but
   * clients open some ahead or send half a header; and one whose last answer is being sent is idle only a
   * moment later.
   */
  #closeIdle(): void {
    this.#fastify.server.closeIdleConnections();
    for (const socket of this.#connections) if (!socket._httpMessage) socket.destroy();
  }

  /** Cuts what is still connected. */
  destroyConnections(): void {
    for (const socket of this.#connections) socket.destroy();
  }
}

function createTrafficServer(
  { handle, limits, watch }: TrafficHandler,
  connections: Set<HttpSocket>,
): Server {
  const server = createServer(
    {
      // Time limits are those of URL groups: the watch looks after them.
      keepAliveTimeout: 0,
      headersTimeout: 0,
      requestTimeout: 0,
      maxHeaderSize: limits.maxRequestBytes,
      // A missing Host is refused by the request path, with its reason.
      requireHostHeader: false,
      noDelay: true,
    },
    handle,
  );
  // node:http would leave out what exceeds its own limit of fields, and say nothing: a second Host, a length.
  server.maxHeadersCount = 0;
  server.on("connection", (socket) => {
    connections.add(socket);
    watch.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  return server;
}
