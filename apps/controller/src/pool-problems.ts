// What routes about pools have in common: the name in the route, and what is answered when it cannot be done.

import type { FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./problem.ts";

/** A name in the route. */
export function named(request: FastifyRequest, what: "pool" | "worker" | "workers"): string {
  return (request.params as Readonly<Record<string, string>>)[what] ?? "";
}

/** The broker is away. */
export function notNow(reply: FastifyReply, unready: string): FastifyReply {
  const detail = "Nothing was changed. Ask again when GET /readyz is ok.";
  return sendProblem(reply, { status: 503, title: `Not now: ${unready}`, detail });
}

/** No such pool. */
export function noPool(reply: FastifyReply, name: string): FastifyReply {
  const detail = "GET /api/v1/pools, or `penstock pool ls`, names those that are configured.";
  return sendProblem(reply, { status: 404, title: `There is no pool "${name}"`, detail });
}
