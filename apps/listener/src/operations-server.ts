// The listener's own endpoints, for orchestrators and Prometheus: /metrics, /livez, /readyz. Loopback by
// default, apart from traffic.

import fastify, { type FastifyInstance } from "fastify";
import type { Metrics } from "@penstock/process/metrics";

/** Why the listener is not ready; undefined when it is. */
export type Unready = () => string | undefined;

/** Builds the operations server; the caller listens and closes. */
export function createOperationsServer(metrics: Metrics, unready: Unready): FastifyInstance {
  const server = fastify({ forceCloseConnections: true });
  server.get("/metrics", async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );
  server.get("/livez", () => ({ status: "ok" }));
  server.get("/readyz", (_request, reply) => {
    const reason = unready();
    return reason === undefined
      ? reply.send({ status: "ok" })
      : reply.code(503).send({ status: "unready", reason });
  });
  return server;
}
