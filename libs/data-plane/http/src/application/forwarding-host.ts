// Hosts an application behind a port of this machine: a command of this worker, or a container whose
// network this process shares. Requests go over kept connections, one at a time on each.

import type { Socket } from "node:net";
import { systemClock, type Clock } from "@penstock/foundation";
import type { ApplicationHost, WorkerExchange } from "@penstock/request-queue";
import { ForwardedExchange } from "./forwarded-exchange.ts";
import type { ForwardingOptions } from "./forwarded-exchange.ts";
import { heardConnection } from "./heard-connection.ts";
import { KeptConnections } from "./kept-connections.ts";
import { PresentApplication } from "./present-application.ts";

/** Where the application accepts connections. */
export interface PortHostOptions {
  readonly port: number;
  /** Loopback address, IPv4 or IPv6. */
  readonly address?: string;
  /**
   * Called once when a request failed and nothing accepts connections on the port any more. No request that
   * has no answer yet gets one from then on: that is for those who hold it and see this worker end.
   */
  readonly gone?: () => void;
  /** By which idle connections are closed. */
  readonly clock?: Clock;
}

/** Forwards requests to a port. Disposing closes its connections; what is under way is reset. */
export function hostPort(options: PortHostOptions): ApplicationHost {
  const { port, address = "127.0.0.1", clock = systemClock } = options;
  const name = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const application = options.gone && new PresentApplication(port, options.gone);
  const connect = (): Socket =>
    heardConnection({ host: address, port, allowHalfOpen: true, noDelay: true });
  const kept = new KeptConnections(connect, clock);
  // An upgrade takes its connection with it.
  const taken = new Set<Socket>();
  const createConnection = (): Socket => {
    const connection = connect();
    taken.add(connection);
    return connection.once("close", () => taken.delete(connection));
  };
  const asked = application && { isGone: () => application.isGone() };
  const ordinary: ForwardingOptions = { name, over: { agent: kept }, ...asked };
  const upgrade: ForwardingOptions = { name, over: { createConnection }, ...asked };
  return {
    handle(exchange: WorkerExchange): void {
      if (application?.over === true) return;
      new ForwardedExchange(exchange, exchange.upgrade ? upgrade : ordinary).run();
    },
    // Both ends' clocks jump over a freeze: the application would close a kept connection at the very moment at
    // which the next request is sent on it.
    rest: () => kept.rest(),
    async [Symbol.asyncDispose]() {
      for (const connection of taken) connection.destroy();
      kept[Symbol.dispose]();
    },
  };
}
