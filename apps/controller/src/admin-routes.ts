// Every route of the admin port, with the scope that it asks for: here and nowhere else. The server refuses
// to be built with a route that does not stand here.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { PoolCommand } from "@penstock/activation";
import { parseDuration } from "@penstock/configuration";
import type { Metrics } from "@penstock/process/metrics";
import type { RouteScope } from "./admin-scope.ts";
import {
  configurationRoutes,
  type ConfigurationOperations,
} from "./configuration/configuration-routes.ts";
import { credentialRoutes, type CredentialOperations } from "./credential-routes.ts";
import { eventRoutes, type EventRouteParts } from "./events/event-routes.ts";
import type { CommandOutcome, PoolOperations } from "./pool-operations.ts";
import { named, noPool, notNow } from "./pool-problems.ts";
import { sendProblem } from "./problem.ts";
import type { StatusReport } from "./status-report.ts";
import type { VersionOperations } from "./versions/pool-versions.ts";
import { versionRoutes } from "./versions/version-routes.ts";

/** What the routes show and do. */
export interface AdminRouteParts {
  readonly metrics: Metrics;
  /** Why the controller is not ready; undefined when it is. */
  readonly unready: () => string | undefined;
  readonly status: () => StatusReport;
  readonly operations: PoolOperations;
  readonly versions: VersionOperations;
  readonly credentials: CredentialOperations;
  readonly configuration: ConfigurationOperations;
  readonly journal: EventRouteParts["journal"];
  /** An operator had something done, from this address. */
  readonly operated: (what: string, subject: string, by: string, how?: string) => void;
}

/** One route. */
export interface AdminRoute {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly scope: RouteScope;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/** Metrics and health: what a controller has that does not lead, too. */
export function localRoutes(
  parts: Pick<AdminRouteParts, "metrics" | "unready">,
): readonly AdminRoute[] {
  return [
    { method: "GET", url: "/metrics", scope: "local", handle: metricsOf(parts) },
    { method: "GET", url: "/livez", scope: "local", handle: () => ({ status: "ok" }) },
    { method: "GET", url: "/readyz", scope: "local", handle: readinessOf(parts) },
  ];
}

/** All routes. */
export function adminRoutes(parts: AdminRouteParts): readonly AdminRoute[] {
  const { status } = parts;
  return [
    ...localRoutes(parts),
    { method: "GET", url: "/api/v1/status", scope: "read", handle: () => status() },
    { method: "GET", url: "/api/v1/pools", scope: "read", handle: () => status().pools },
    { method: "GET", url: "/api/v1/pools/:pool", scope: "read", handle: onePool(parts) },
    { method: "GET", url: "/api/v1/workers", scope: "read", handle: () => status().workers },
    { method: "GET", url: "/api/v1/workers/:worker", scope: "read", handle: oneWorker(parts) },
    ...(["start", "stop", "recycle"] as const).map((command) => ({
      method: "POST" as const,
      url: `/api/v1/pools/:pool/${command}`,
      scope: "operate" as const,
      handle: poolCommand(parts, command),
    })),
    {
      method: "POST",
      url: "/api/v1/pools/:pool/scale/:workers",
      scope: "operate",
      handle: poolScale(parts),
    },
    ...versionRoutes(parts),
    ...(["stop", "kill"] as const).map((how) => ({
      method: "POST" as const,
      url: `/api/v1/workers/:worker/${how}`,
      scope: "operate" as const,
      handle: workerEnd(parts, how),
    })),
    ...configurationRoutes(parts),
    ...eventRoutes(parts),
    ...credentialRoutes(parts),
  ];
}

type Handle = AdminRoute["handle"];

function metricsOf({ metrics }: Pick<AdminRouteParts, "metrics">): Handle {
  return async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render());
}

function readinessOf({ unready }: Pick<AdminRouteParts, "unready">): Handle {
  return (_request, reply) => {
    const reason = unready();
    if (reason === undefined) return { status: "ok" };
    return reply.code(503).send({ status: "unready", reason });
  };
}

function onePool({ status }: AdminRouteParts): Handle {
  return (request, reply) => {
    const name = named(request, "pool");
    const found = status().pools.find((pool) => pool.name === name);
    return found ?? noPool(reply, name);
  };
}

function oneWorker({ status }: AdminRouteParts): Handle {
  return (request, reply) => {
    const id = named(request, "worker");
    const found = status().workers.find((worker) => worker.id === id);
    return found ?? noWorker(reply, id);
  };
}

function poolCommand(parts: AdminRouteParts, command: PoolCommand): Handle {
  return async (request, reply) => {
    const name = named(request, "pool");
    const unready = parts.unready();
    // Not even tried: what waits for the broker would come true later, after this was called failed.
    if (unready !== undefined) return notNow(reply, unready);
    const outcome = await parts.operations.command(name, command);
    if (outcome.kind === "unknown") return noPool(reply, name);
    if (outcome.kind === "refused") return conflict(reply, { name, command, outcome });
    parts.operated(command, `pool ${name}`, request.ip);
    return { pool: name, command, leaving: outcome.leaving };
  };
}

function poolScale(parts: AdminRouteParts): Handle {
  return async (request, reply) => {
    const name = named(request, "pool");
    const asked = named(request, "workers");
    if (!/^(auto|\d{1,6})$/.test(asked))
      return sendProblem(reply, {
        status: 400,
        title: `"${asked}" is no number of workers`,
        detail: "Ask for a whole number, or for auto: as many as demand wants.",
      });
    const workers = asked === "auto" ? asked : Number(asked);
    const { for: time } = request.query as { readonly for?: string };
    const forMs = time === undefined ? undefined : parseDuration(time);
    if (time !== undefined && (forMs === undefined || forMs === 0 || workers === "auto"))
      return sendProblem(reply, {
        status: 400,
        title: workers === "auto" ? "auto holds nobody for a time" : `"${time}" is no time`,
        detail: "Ask for a number of workers for a time such as 10m or 1h30m.",
      });
    const unready = parts.unready();
    if (unready !== undefined) return notNow(reply, unready);
    const outcome = await parts.operations.scale(name, workers, forMs);
    if (outcome.kind === "unknown") return noPool(reply, name);
    const command = `scale to ${asked}`;
    if (outcome.kind === "refused") return conflict(reply, { name, command, outcome });
    const lasting = time === undefined ? "" : ` for ${time}`;
    parts.operated("scale", `pool ${name}`, request.ip, ` to ${asked}${lasting}`);
    return { pool: name, command: "scale", workers, for: time, leaving: outcome.leaving };
  };
}

function workerEnd(parts: AdminRouteParts, how: "stop" | "kill"): Handle {
  return async (request, reply) => {
    const id = named(request, "worker");
    if (!(await parts.operations.endWorker(id, how))) return noWorker(reply, id);
    parts.operated(how, `worker ${id}`, request.ip);
    return { worker: id, command: how, leaving: [id] };
  };
}

function conflict(
  reply: FastifyReply,
  {
    name,
    command,
    outcome,
  }: {
    readonly name: string;
    readonly command: string;
    readonly outcome: Extract<CommandOutcome, { kind: "refused" }>;
  },
): FastifyReply {
  return sendProblem(reply, {
    status: 409,
    title: `Pool "${name}" cannot be asked to ${command}: ${outcome.why}`,
    detail: outcome.remedy,
  });
}

function noWorker(reply: FastifyReply, id: string): FastifyReply {
  const detail = "GET /api/v1/workers, or `penstock worker ls`, names those that live.";
  return sendProblem(reply, { status: 404, title: `There is no worker "${id}"`, detail });
}
