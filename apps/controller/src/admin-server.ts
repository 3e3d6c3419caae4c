// The controller's admin port: health and metrics for orchestrators and Prometheus, the REST API for the
// CLI. Loopback by default; the API takes a bearer token, health and metrics need none there.

import fastify, { type FastifyInstance } from "fastify";
import type { Metrics } from "@penstock/process/metrics";
import { isAuthorized } from "./admin-token.ts";
import type { StatusReport } from "./status-report.ts";

/** What the admin server shows. */
export interface AdminServerParts {
  readonly token: string;
  readonly metrics: Metrics;
  /** Why the controller is not ready; undefined when it is. */
  readonly unready: () => string | undefined;
  readonly status: () => StatusReport;
  /** More of the API, below its prefix and behind its token. */
  readonly routes: (api: FastifyInstance) => void;
}

/** Builds the admin server; the caller listens and closes. */
export function createAdminServer(parts: AdminServerParts): FastifyInstance {
  const { metrics } = parts;
  const server = fastify({ forceCloseConnections: true });
  server.get("/metrics", async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );
  server.get("/livez", () => ({ status: "ok" }));
  server.get("/readyz", (_request, reply) => {
    const reason = parts.unready();
    return reason === undefined
      ? reply.send({ status: "ok" })
      : reply.code(503).send({ status: "unready", reason });
  });
  void server.register(
    (api, _options, done) => {
      api.addHook("onRequest", async (request, reply) => {
        if (isAuthorized(request.headers.authorization, parts.token)) return;
        await reply
          .code(401)
          .header("WWW-Authenticate", "Bearer")
          .type("application/problem+json")
          .send({
            title: "The admin token is missing or wrong",
            status: 401,
            detail: "It lies in <state>/admin-token; send it as Authorization: Bearer.",
          });
      });
      api.get("/status", () => parts.status());
      api.get("/pools", () => parts.status().pools);
      api.get("/workers", () => parts.status().workers);
      parts.routes(api);
      done();
    },
    { prefix: "/api/v1" },
  );
  return server;
}
