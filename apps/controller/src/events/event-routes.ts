// Events in the admin API: the latest, those after one that is known, or the next one when it comes.

import type { FastifyRequest } from "fastify";
import type { AdminRoute } from "../admin-routes.ts";
import { sendProblem } from "../problem.ts";
import type { EventJournal } from "./event-journal.ts";

/** What the routes show. */
export interface EventRouteParts {
  readonly journal: Pick<EventJournal, "next">;
}

/** Events in an answer: unless asked otherwise, and at most. */
const LIMIT = 100;
const LIMIT_MAX = 5000;

/** Longest wait for an event, seconds. */
const WAIT_MAX_S = 60;

/** The routes. */
export function eventRoutes({ journal }: EventRouteParts): readonly AdminRoute[] {
  return [
    {
      method: "GET",
      url: "/api/v1/events",
      scope: "read",
      handle: async (request, reply) => {
        const { pool } = request.query as Readonly<Record<string, string>>;
        const after = wholeNumber(request, "after", { fallback: 0, max: Number.MAX_SAFE_INTEGER });
        const limit = wholeNumber(request, "limit", { fallback: LIMIT, max: LIMIT_MAX });
        const waitS = wholeNumber(request, "wait", { fallback: 0, max: WAIT_MAX_S });
        if (after === undefined || limit === undefined || waitS === undefined)
          return sendProblem(reply, {
            status: 400,
            title: "after, limit and wait are whole numbers",
            detail: `limit is at most ${LIMIT_MAX}, wait at most ${WAIT_MAX_S} seconds.`,
          });
        const query = { after, limit, ...(pool !== undefined && { pool }) };
        return { events: await journal.next(query, waitS * 1000) };
      },
    },
  ];
}

function wholeNumber(
  request: FastifyRequest,
  name: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number | undefined {
  const text = (request.query as Readonly<Record<string, unknown>>)[name];
  if (text === undefined) return fallback;
  if (typeof text !== "string" || !/^\d{1,16}$/.test(text)) return undefined;
  return Number(text) <= max ? Number(text) : undefined;
}
