// Hosts an application behind a port of this machine: a command of this worker, or a container whose
// network this process shares. Requests go over kept connections, one at a time on each.

import { connect } from "node:net";
import type { Socket } from "node:net";
import type { ApplicationHost, WorkerExchange } from "@penstock/request-queue";
import { Pool } from "undici";
import { ConnectedExchange } from "./connected-exchange.ts";
import type { ConnectedExchangeOptions } from "./connected-exchange.ts";
import { ForwardedExchange } from "./forwarded-exchange.ts";
import { hearingConnector } from "./hearing-connector.ts";
import { fieldValue } from "./node-request.ts";
import { PresentApplication } from "./present-application.ts";

/** Where the application accepts connections. */
export interface PortHostOptions {
  readonly port: number;
  /** Loopback address, IPv4 or IPv6. */
  readonly address?: string;
  /** Most requests at once, and most connections. */
  readonly concurrency: number;
  /**
   * Called once when a request failed and nothing accepts connections on the port any more. No request that
   * has no answer yet gets one from then on: that is for those who hold it and see this worker end.
   */
  readonly gone?: () => void;
}

/**
 * How long an idle connection is kept, 1 s, when the application does not say (`Keep-Alive: timeout`).
 * Shorter than what servers have by default: one that closes a connection just as a request is sent on it
 * would cost that request its answer. A new connection over loopback costs next to nothing.
 */
const idleConnectionMs = 1000;

/** Largest head of an answer, 256 KiB: larger than what any listener passes on. */
const answerHeadMax = 262_144;

/** What a kept connection cannot carry. An ordinary request costs a comparison of two flags. */
function needsConnection({ upgrade, bodyComplete, head }: WorkerExchange): boolean {
  if (upgrade) return true;
  return (
    !bodyComplete &&
    (fieldValue(head, "expect") !== undefined || fieldValue(head, "trailer") !== undefined)
  );
}

/** Forwards requests to a port. Disposing closes its connections; what is under way is reset. */
export function hostPort(options: PortHostOptions): ApplicationHost {
  const { port, address = "127.0.0.1", concurrency } = options;
  const authority = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const open = (): Pool =>
    new Pool(`http://${authority}`, {
      connect: hearingConnector(),
      connections: concurrency,
      pipelining: 1,
      // How long an application may take is decided where the request waits, not here.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: idleConnectionMs,
      maxHeaderSize: answerHeadMax,
      maxResponseSize: -1,
    });
  let pool = open();
  const application = options.gone && new PresentApplication(port, options.gone);
  const connections = new Set<Socket>();
  const connected: ConnectedExchangeOptions = {
    name: authority,
    connect: () => {
      const connection = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
      connections.add(connection);
      return connection.once("close", () => connections.delete(connection));
    },
    ...(application && { isGone: () => application.isGone() }),
  };
  return {
    handle(exchange: WorkerExchange): void {
      if (application?.over === true) return;
      if (needsConnection(exchange)) new ConnectedExchange(exchange, connected).run();
      else new ForwardedExchange(exchange, authority, application).run(pool);
    },
    // Both ends' clocks jump over a freeze: the application would close a kept connection at the very moment at
    // which the next request is sent on it.
    async rest() {
      const former = pool;
      pool = open();
      await former.close();
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy();
      await pool.destroy();
    },
  };
}
