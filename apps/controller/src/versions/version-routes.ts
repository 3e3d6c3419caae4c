// Second versions in the admin API.

import type { VersionCommand } from "@penstock/activation";
import type { AdminRoute } from "../admin-routes.ts";
import { named, noPool, notNow } from "../pool-problems.ts";
import { sendProblem } from "../problem.ts";
import type { VersionOperations } from "./pool-versions.ts";

/** What the routes need. */
export interface VersionRouteParts {
  readonly unready: () => string | undefined;
  readonly versions: VersionOperations;
  readonly operated: (command: string, subject: string, by: string) => void;
}

/** The routes. */
export function versionRoutes(parts: VersionRouteParts): readonly AdminRoute[] {
  return (["promote", "rollback"] as const).map((command) => ({
    method: "POST" as const,
    url: `/api/v1/pools/:pool/${command}`,
    scope: "operate" as const,
    handle: decision(parts, command),
  }));
}

function decision(parts: VersionRouteParts, command: VersionCommand): AdminRoute["handle"] {
  return async (request, reply) => {
    const name = named(request, "pool");
    const unready = parts.unready();
    if (unready !== undefined) return notNow(reply, unready);
    const outcome = await parts.versions.decide(name, command);
    if (outcome.kind === "unknown") return noPool(reply, name);
    if (outcome.kind === "refused")
      return sendProblem(reply, {
        status: 409,
        title: `Pool "${name}" has nothing to ${command}: ${outcome.why}`,
        detail: outcome.remedy,
      });
    parts.operated(command, `pool ${name}`, request.ip);
    const { leaving, notice } = outcome;
    return { pool: name, command, leaving, notice };
  };
}
