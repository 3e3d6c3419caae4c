// What the broker says of itself: who is connected, and with which token; which keys of the operator it
// trusts. That is the truth about whether a new token or key is in force: what workers say of themselves does
// not count here.

import type { NatsLink } from "@penstock/nats-connection";
import { decodeToken } from "./jwt.ts";

/** Longest wait for all servers of a cluster, and for one more after the last that answered, milliseconds. */
const ANSWERS_MS = 3000;
const STALL_MS = 300;

/** Connections of one account that are asked for. */
const CONNECTIONS_MAX = 10_000;

/** A connection of an account. Times are epoch seconds. */
export interface PoolConnection {
  readonly userKey: string;
  /** Public key that signed the token which it was opened with. */
  readonly signer: string;
  readonly issuedAt: number;
  /** Absent: never. */
  readonly expiresAt?: number;
}

/** The connections of an account, by its public key. `link` belongs to the account-writer in SYS. */
export async function connectionsOf(link: NatsLink, account: string): Promise<PoolConnection[]> {
  const found: PoolConnection[] = [];
  const which = { acc: account, auth: true, limit: CONNECTIONS_MAX };
  for await (const answer of await askServers(link, "CONNZ", which)) {
    const { data } = answer.json<{ data?: { connections?: readonly { jwt?: string }[] } }>();
    for (const { jwt = "" } of data?.connections ?? []) {
      const token = decodeToken(jwt);
      if (!token) continue;
      const { sub: userKey, iss: signer, iat: issuedAt, exp } = token;
      found.push({ userKey, signer, issuedAt, ...(exp !== undefined && { expiresAt: exp }) });
    }
  }
  return found;
}

/** Whether every server accepts accounts that this key of the operator signed. */
export async function trustsOperatorKey(link: NatsLink, publicKey: string): Promise<boolean> {
  const trusting: boolean[] = [];
  for await (const answer of await askServers(link, "VARZ", {})) {
    const { data } = answer.json<{ data?: { trusted_operators_jwt?: readonly string[] } }>();
    const operators = (data?.trusted_operators_jwt ?? []).map((jwt) => decodeToken(jwt)?.nats);
    trusting.push(
      operators.some(
        (claims) => claims?.type === "operator" && claims.signing_keys.includes(publicKey),
      ),
    );
  }
  return trusting.length > 0 && trusting.every(Boolean);
}

type Answers = ReturnType<NatsLink["connection"]["requestMany"]>;

function askServers(link: NatsLink, what: string, options: object): Answers {
  return link.connection.requestMany(`$SYS.REQ.SERVER.PING.${what}`, JSON.stringify(options), {
    strategy: "stall",
    maxWait: ANSWERS_MS,
    stall: STALL_MS,
  });
}
