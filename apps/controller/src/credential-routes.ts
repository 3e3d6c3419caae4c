// Credentials in the admin API: listed, revoked, and their signing keys rotated. Never a seed, never a token.

import { ServiceError } from "@penstock/foundation";
import type { FastifyReply } from "fastify";
import type { AdminRoute } from "./admin-routes.ts";
import type { CredentialKeeper } from "./credential-keeper.ts";
import { sendProblem } from "./problem.ts";

/** What the routes do. */
export type CredentialOperations = Pick<CredentialKeeper, "list" | "revoke" | "rotate">;

/** What the routes need. */
export interface CredentialRouteParts {
  readonly credentials: CredentialOperations;
  readonly operated: (what: string, subject: string, by: string) => void;
}

/** Which failure is which status. Others are the broker's: 502. */
const STATUS: Readonly<Record<string, number>> = {
  CREDENTIAL_NOT_FOUND: 404,
  CREDENTIAL_AMBIGUOUS: 409,
  CREDENTIAL_REVOKED: 409,
  SIGNING_KEY_UNKNOWN: 409,
};

/** The routes. */
export function credentialRoutes(parts: CredentialRouteParts): readonly AdminRoute[] {
  const { credentials } = parts;
  return [
    {
      method: "GET",
      url: "/api/v1/credentials",
      scope: "read",
      handle: () => ({ credentials: credentials.list() }),
    },
    {
      method: "POST",
      url: "/api/v1/credentials/:credential/revoke",
      scope: "admin",
      handle: (request, reply) => {
        const { credential = "" } = request.params as { credential?: string };
        return answer(reply, async () => {
          const revoked = await credentials.revoke(credential);
          parts.operated("revoke", `credentials ${credential}`, request.ip);
          return revoked;
        });
      },
    },
    {
      method: "POST",
      url: "/api/v1/credentials/rotate",
      scope: "admin",
      handle: (request, reply) =>
        answer(reply, async () => {
          const rotation = await credentials.rotate();
          parts.operated("rotate", "signing keys", request.ip);
          return rotation;
        }),
    },
  ];
}

async function answer(reply: FastifyReply, act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof ServiceError)) throw thrown;
    const { code, message, remedy = "" } = thrown;
    return sendProblem(reply, { status: STATUS[code] ?? 502, title: message, detail: remedy });
  }
}
