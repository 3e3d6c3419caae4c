// Hosts an application that is an http.Server: its listeners for `request` are the application. The server
// never listens; requests come through the queue.

import type { Server } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { ApplicationHost, WorkerExchange } from "@penstock/request-queue";
import { connectionPair } from "./connection-pair.ts";
import { ForwardedExchange } from "./forwarded-exchange.ts";
import { NodeExchange } from "./node-exchange.ts";
import type { NodeHosting } from "./node-exchange.ts";
import { messageClassesOf } from "./node-http-internals.ts";
import { describeThrown } from "./thrown.ts";

/** What a Node-style application needs besides its server. */
export interface NodeHostOptions {
  readonly server: Server;
  /** Takes what goes wrong when nobody waits for an answer any more. */
  readonly report: (detail: string) => void;
  /** Ends the application. */
  readonly close: () => Promise<void>;
}

function runConnected(exchange: WorkerExchange, hosting: NodeHosting): void {
  const { server } = hosting;
  const { accepted, connected } = connectionPair(exchange.head.connection, (thrown) => {
    forwarded.failed(thrown);
  });
  const forwarded = new ForwardedExchange(exchange, {
    name: "the application",
    over: { createConnection: () => connected },
    report: (detail) => hosting.report(detail),
  });
  // A TLS server's own listener for `connection` would expect a handshake.
  server.emit(server instanceof HttpsServer ? "secureConnection" : "connection", accepted);
  forwarded.run();
}

/** Runs requests on `server` as if it had accepted their connections. */
export function hostServer(options: NodeHostOptions): ApplicationHost {
  const { server, report, close } = options;
  const hosting: NodeHosting = { server, report, classes: messageClassesOf(server) };
  return {
    handle(exchange: WorkerExchange): void {
      // Rare: HTTP over a connection inside this process, so that the application's server gives it up itself.
      if (exchange.upgrade) return runConnected(exchange, hosting);
      try {
        new NodeExchange(exchange, hosting).run();
      } catch (thrown) {
        exchange.reset(describeThrown(thrown));
      }
    },
    [Symbol.asyncDispose]: close,
  };
}
