// Credentials in the admin API: listed, revoked, and their signing keys rotated. Never a seed, never a token.

import { ServiceError } from "@penstock/foundation";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { CredentialKeeper } from "./credential-keeper.ts";

/** Which failure is which status. Others are the broker's: 502. */
const STATUS: Readonly<Record<string, number>> = {
  CREDENTIAL_NOT_FOUND: 404,
  CREDENTIAL_AMBIGUOUS: 409,
  CREDENTIAL_REVOKED: 409,
  SIGNING_KEY_UNKNOWN: 409,
};

/** The routes, to be registered behind the API's token. */
export function credentialRoutes(
  keeper: Pick<CredentialKeeper, "list" | "revoke" | "rotate">,
): (api: FastifyInstance) => void {
  return (api) => {
    api.get("/credentials", () => ({ credentials: keeper.list() }));
    api.post<{ Body: unknown }>("/credentials/revoke", (request, reply) => {
      const { credential } = (request.body ?? {}) as { credential?: unknown };
      if (typeof credential === "string" && credential !== "")
        return answer(reply, () => keeper.revoke(credential));
      return problem(reply, 400, { title: 'The body must be {"credential": "<name or key>"}' });
    });
    api.post("/credentials/rotate", (_request, reply) => answer(reply, () => keeper.rotate()));
  };
}

async function answer(reply: FastifyReply, act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof ServiceError)) throw thrown;
    const { code, message, remedy } = thrown;
    return problem(reply, STATUS[code] ?? 502, { title: message, code, detail: remedy });
  }
}

function problem(
  reply: FastifyReply,
  status: number,
  facts: { readonly title: string; readonly code?: string; readonly detail?: string | undefined },
): FastifyReply {
  return reply
    .code(status)
    .type("application/problem+json")
    .send({ status, ...facts });
}
