// The configuration in the admin API: what is in force, and how another comes into force. A text that is sent
// becomes the controller's file; without one the file is read again where it is.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { AdminRoute } from "../admin-routes.ts";
import { sendProblem } from "../problem.ts";
import {
  NOT_NOW,
  type ConfigurationReload,
  type GivenConfiguration,
} from "./configuration-reload.ts";

/** What the routes do. */
export type ConfigurationOperations = Pick<ConfigurationReload, "reload" | "standing">;

/** What the routes need. */
export interface ConfigurationRouteParts {
  readonly configuration: ConfigurationOperations;
  readonly operated: (command: string, subject: string, by: string) => void;
}

/** How a sent text is called in faults when its sender does not say. */
const SENT = "configuration";

/** Longest file name that is repeated in an answer. */
const NAME_LENGTH_MAX = 256;

/** The routes. */
export function configurationRoutes(parts: ConfigurationRouteParts): readonly AdminRoute[] {
  return [
    {
      method: "GET",
      url: "/api/v1/config",
      scope: "read",
      handle: () => parts.configuration.standing,
    },
    {
      method: "POST",
      url: "/api/v1/config/apply",
      scope: "admin",
      handle: (request, reply) => apply(parts, request, reply),
    },
  ];
}

async function apply(
  { configuration, operated }: ConfigurationRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { dryRun, file } = request.query as Readonly<Record<string, unknown>>;
  const given = givenIn(request.body, file);
  const outcome = await configuration.reload({
    cause: "operator",
    ...(given && { given }),
    dryRun: dryRun === "true",
  });
  if (outcome.kind === "invalid")
    return sendProblem(reply, {
      status: 422,
      title: "The configuration is not valid. Nothing was applied.",
      detail: outcome.faults.join("\n"),
    });
  if (outcome.kind === "refused")
    return sendProblem(reply, {
      status: outcome.code === NOT_NOW ? 503 : 409,
      title: `The configuration was not applied: ${outcome.message}`,
      detail: outcome.remedy,
    });
  if (outcome.kind === "applied") operated("apply", "configuration", request.ip);
  return outcome;
}

function givenIn(body: unknown, file: unknown): GivenConfiguration | undefined {
  if (typeof body !== "string") return undefined;
  return { text: body, shownAs: typeof file === "string" ? file.slice(0, NAME_LENGTH_MAX) : SENT };
}
