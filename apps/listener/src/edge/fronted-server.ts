// A port whose connections do not begin with HTTP: of https, or of proxies that send a PROXY header, or both.
// What comes out of the front and of TLS goes on to the same HTTP/1.1 server as on every other port, or, when
// TLS has chosen it, to HTTP/2.
//
//   net.Server --> front --> [TLS --> h2 --> HTTP/2 sessions]
//                       `--> [TLS --> http/1.1] --> HTTP/1.1 server

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createNetServer, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  type Server as TlsServer,
  type TLSSocket,
} from "node:tls";
import type { ReasonPhrase, UrlScheme } from "@penstock/domain";
import { Http2Sessions, noteClient, type PeerAddress } from "@penstock/http";
import { portFailure } from "@penstock/process";
import {
  closeIdle,
  createTrafficServer,
  IDLE_SWEEP_MS,
  type HttpSocket,
  type TrafficHandler,
} from "../traffic-server.ts";
import { MIN_VERSION, type CertificateStore } from "./certificate-store.ts";
import { frontConnection } from "./connection-front.ts";
import type { EdgeEvents } from "./edge-events.ts";

/** How long a handshake may take, milliseconds. */
const HANDSHAKE_MS = 10_000;

/** What a {@link FrontedServer} needs of its listener. */
export interface FrontedServerParts {
  readonly handler: TrafficHandler;
  readonly refuse: (
    request: IncomingMessage,
    response: ServerResponse,
    reason: ReasonPhrase,
  ) => void;
  readonly certificates: CertificateStore;
  /** Whether a connection at this port begins with a PROXY header. Asked for each connection. */
  readonly expectsProxyHeader: (port: number, socket: Socket) => boolean;
  readonly events: EdgeEvents;
}

/** An open port with a front. */
export class FrontedServer implements AsyncDisposable {
  readonly port: number;
  readonly #parts: FrontedServerParts;
  readonly #accepting = createNetServer({ noDelay: true }, (socket) => this.#accept(socket));
  readonly #tls: TlsServer | undefined;
  readonly #http1: Server;
  readonly #http2: Http2Sessions;
  /** All connections, from their first byte to their last. */
  readonly #sockets = new Set<Socket>();
  readonly #http1Connections = new Set<HttpSocket>();
  /** The certificate for clients that name no host, as the TLS server has it. */
  #fallback: SecureContextOptions | undefined;
  readonly #clients = new Map<string, PeerAddress>();

  private constructor(port: number, scheme: UrlScheme, parts: FrontedServerParts) {
    this.port = port;
    this.#parts = parts;
    this.#http1 = createTrafficServer(parts.handler, this.#http1Connections);
    this.#http1.on("clientError", (error, socket) =>
      parts.handler.clientError(error, socket as Socket),
    );
    // By this node:http begins to watch over its connections' timeouts; it does not listen itself.
    this.#http1.emit("listening");
    this.#http2 = new Http2Sessions({
      handle: parts.handler.handle,
      refuse: parts.refuse,
      closed: (fault) => parts.events.sessionClosed(fault),
      idle: (socket) => parts.handler.sessionIdle(socket),
      limits: parts.handler.limits,
      idleMs: parts.handler.timeouts.idleConnectionMs,
      now: () => performance.now(),
    });
    this.#tls = scheme === "https" ? this.#createTls() : undefined;
  }

  /** Opens a port. Throws ServiceError PORT_IN_USE or PORT_NOT_OPENED. */
  static async open(
    address: string,
    { port, scheme }: { readonly port: number; readonly scheme: UrlScheme },
    parts: FrontedServerParts,
  ): Promise<FrontedServer> {
    const server = new FrontedServer(port, scheme, parts);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.#accepting.once("error", reject);
    server.#accepting.listen({ host: address, port }, resolve);
    try {
      await promise;
    } catch (cause) {
      server.#http1.close();
      throw portFailure({ host: address, port }, cause, "use another port in the URL prefixes");
    }
    return server;
  }

  /** Connections but those that speak HTTP/2. */
  get connections(): number {
    return this.#sockets.size - this.#http2.size;
  }

  get http2Connections(): number {
    return this.#http2.size;
  }

  /** Stops listening, says GOAWAY, lets running requests finish, closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Answers when the last connection is gone.
    this.#accepting.close(() => resolve());
    this.#http2.close();
    const sweep = setInterval(() => this.#closeIdle(), IDLE_SWEEP_MS);
    this.#closeIdle();
    await promise;
    clearInterval(sweep);
    this.#http1.close();
  }

  /** Cuts what is still connected. */
  destroyConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #closeIdle(): void {
    this.#http1.closeIdleConnections();
    closeIdle(this.#http1Connections);
    this.#http2.close();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const ends = endsOf(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#clients.delete(ends);
    });
    const { events, expectsProxyHeader } = this.#parts;
    frontConnection(socket, {
      expectsProxyHeader: (accepted) => expectsProxyHeader(this.port, accepted),
      tls: this.#tls !== undefined,
      refused: (refusal, what) => events.refused(refusal, what),
      accept: (accepted, client) => {
        if (this.#tls) {
          // TLS makes a socket of its own, which tells the same ends.
          if (client) this.#clients.set(ends, client);
          this.#refreshFallback(this.#tls);
          this.#tls.emit("connection", accepted);
          return;
        }
        if (client) noteClient(accepted, client);
        this.#http1.emit("connection", accepted);
      },
    });
  }

  #createTls(): TlsServer {
    const { certificates, events } = this.#parts;
    const server = createTlsServer({
      ALPNProtocols: ["h2", "http/1.1"],
      minVersion: MIN_VERSION,
      handshakeTimeout: HANDSHAKE_MS,
      // Asked for each handshake whose client names a host: the certificates of the moment.
      SNICallback: (host, done) => done(null, certificates.contextFor(host)),
    });
    server.on("secureConnection", (socket) => this.#secured(socket));
    server.on("tlsClientError", (error: Error, socket) => {
      events.refused("tls", error.message);
      socket.destroy();
    });
    return server;
  }

  #refreshFallback(server: TlsServer): void {
    const { fallback } = this.#parts.certificates;
    if (fallback === undefined || fallback === this.#fallback) return;
    this.#fallback = fallback;
    server.setSecureContext(fallback);
  }

  #secured(socket: TLSSocket): void {
    const client = this.#clients.get(endsOf(socket));
    if (client) noteClient(socket, client);
    if (socket.alpnProtocol === "h2") this.#http2.accept(socket);
    else this.#http1.emit("connection", socket);
  }
}

/** Both ends: no two open connections have the same. */
function endsOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`;
}
