// The admin API's refusals: problem details (RFC 9457), each with what is needed instead.

import type { FastifyReply } from "fastify";

/** A refusal. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, { status, title, detail }: Problem): FastifyReply {
  return reply
    .code(status)
    .type("application/problem+json")
    .send(JSON.stringify({ title, status, detail }));
}
