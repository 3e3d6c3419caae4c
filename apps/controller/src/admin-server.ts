// The controller's admin port: health and metrics for orchestrators and Prometheus, the REST API for the
// CLI. Loopback by default. Before a route is reached, in this order: is this API meant (Host), does no
// foreign page ask (Origin), does the token allow what the route asks for.

import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { assert } from "@penstock/foundation";
import { isLoopback, isOwnOrigin, type KnownHosts } from "./admin-guard.ts";
import { adminRoutes, localRoutes, type AdminRoute, type AdminRouteParts } from "./admin-routes.ts";
import { allows, type RouteScope, type Scope } from "./admin-scope.ts";
import type { AdminTokens } from "./admin-token.ts";
import { sendProblem } from "./problem.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route asks for. */
    readonly scope?: RouteScope;
  }
}

/** Why a request was refused before its route: label of penstock_admin_refusals_total. */
export const adminRefusals = ["host", "origin", "token", "scope"] as const;

/** One of them. */
export type AdminRefusal = (typeof adminRefusals)[number];

/** Longest configuration that is taken, bytes. */
const CONFIGURATION_BYTES_MAX = 8 * 1024 * 1024;

/** What any server of the admin port is made of. */
export interface LocalServerParts extends Pick<AdminRouteParts, "metrics" | "unready"> {
  readonly failed: (what: string, cause: unknown) => void;
}

/** What decides who may ask. */
export interface AdminGuardParts {
  readonly tokens: AdminTokens;
  readonly hosts: KnownHosts;
  readonly refused: (why: AdminRefusal) => void;
}

/** What the admin server is made of. */
export interface AdminServerParts extends AdminRouteParts, LocalServerParts, AdminGuardParts {}

/** Builds the admin server; the caller listens and closes. */
export function createAdminServer(parts: AdminServerParts): FastifyInstance {
  const server = createServer(parts, adminRoutes(parts));
  guard(server, parts);
  return server;
}

/** Builds the server of a controller that waits until it leads: health and metrics, and who leads meanwhile. */
export function createStandbyServer(
  parts: LocalServerParts & AdminGuardParts,
  leader: () => string,
): FastifyInstance {
  const server = createServer(parts, localRoutes(parts), (reply) =>
    sendProblem(reply, {
      status: 503,
      title: "This controller does not lead",
      detail: leader(),
    }),
  );
  guard(server, parts);
  return server;
}

function guard(server: FastifyInstance, parts: AdminGuardParts): void {
  server.addHook("onRequest", async (request, reply) => {
    void reply.headers({ "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
    const { headers, socket } = request;
    if (!parts.hosts.has(headers.host, socket.localAddress)) await refuseHost(parts, reply);
    else if (!isOwnOrigin(headers)) await refuseOrigin(parts, reply);
    else await checkScope(parts, request, reply);
  });
}

/** Builds a server of health and metrics alone, which asks nobody for anything: for a network of its own. */
export function createMetricsServer(parts: LocalServerParts): FastifyInstance {
  return createServer(parts, localRoutes(parts));
}

function createServer(
  parts: LocalServerParts,
  routes: readonly AdminRoute[],
  notFound: (reply: FastifyReply) => FastifyReply = sendNotFound,
): FastifyInstance {
  const server = fastify({ forceCloseConnections: true });
  // Only a configuration is read, under a type that no form can send.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    "application/yaml",
    { parseAs: "string", bodyLimit: CONFIGURATION_BYTES_MAX },
    (_request, body, done) => done(null, body),
  );
  server.addHook("onRoute", ({ url, config }) => {
    assert(config?.scope, `${url} says what scope it asks for`);
  });
  for (const { method, url, scope, handle } of routes)
    server.route({ method, url, config: { scope }, handler: handle });
  server.setNotFoundHandler((_request, reply) => notFound(reply));
  server.setErrorHandler((error: { statusCode?: number; message?: string }, request, reply) => {
    const { statusCode = 500, message = "" } = error;
    if (statusCode < 500)
      return sendProblem(reply, { status: statusCode, title: message, detail: "" });
    parts.failed(`${request.method} ${request.routeOptions.url ?? ""}`, error);
    const unready = parts.unready();
    return sendProblem(reply, {
      status: unready === undefined ? 500 : 503,
      title: "The controller could not do it",
      detail: unready ?? "Its log has the details.",
    });
  });
  return server;
}

function sendNotFound(reply: FastifyReply): FastifyReply {
  const detail = "The API stands below /api/v1: status, pools, workers, config.";
  return sendProblem(reply, { status: 404, title: "There is nothing here", detail });
}

async function checkScope(
  parts: AdminGuardParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (request.is404) return;
  const { scope } = request.routeOptions.config;
  assert(scope, "every route says what scope it asks for");
  if (scope === "local" && isLoopback(request.socket.remoteAddress)) return;
  const needed = scope === "local" ? "read" : scope;
  const held = parts.tokens.scopeOf(request.headers.authorization);
  if (held === undefined) await refuseToken(parts, request, { reply, needed });
  else if (!allows(held, needed)) await refuseScope(parts, reply, { held, needed });
}

async function refuseHost({ refused }: AdminGuardParts, reply: FastifyReply): Promise<void> {
  refused("host");
  await sendProblem(reply, {
    status: 421,
    title: "The Host field names something else",
    detail: "Use the address that the API is bound to, or name yours in PENSTOCK_ADMIN_HOSTS.",
  });
}

async function refuseOrigin({ refused }: AdminGuardParts, reply: FastifyReply): Promise<void> {
  refused("origin");
  await sendProblem(reply, {
    status: 403,
    title: "A page of another origin may not use this API",
    detail: "Ask from a page of the API's own origin, or without a browser.",
  });
}

async function refuseToken(
  { refused }: AdminGuardParts,
  request: FastifyRequest,
  { reply, needed }: { reply: FastifyReply; needed: Scope },
): Promise<void> {
  refused("token");
  const given = request.headers.authorization !== undefined;
  const error = given ? ', error="invalid_token"' : "";
  void reply.header("WWW-Authenticate", `Bearer realm="penstock", scope="${needed}"${error}`);
  await sendProblem(reply, {
    status: 401,
    title: given ? "The token is wrong" : "A token is missing",
    detail: `This needs scope ${needed}: send what lies in <state>/${needed}-token as Authorization: Bearer.`,
  });
}

async function refuseScope(
  { refused }: AdminGuardParts,
  reply: FastifyReply,
  { held, needed }: { held: Scope; needed: Scope },
): Promise<void> {
  refused("scope");
  const challenge = `Bearer realm="penstock", scope="${needed}", error="insufficient_scope"`;
  void reply.header("WWW-Authenticate", challenge);
  await sendProblem(reply, {
    status: 403,
    title: `The token allows ${held}, this needs ${needed}`,
    detail: `Send what lies in <state>/${needed}-token as Authorization: Bearer.`,
  });
}
