// What a process shows to the broker: a token that says who it is, signed by its account, and the key that
// proves that it may use the token. Handed over as one JSON document, over a pipe or in a file of mode 600,
// never in an environment or an argument list.

import { describeError, ServiceError } from "@penstock/foundation";
import { Nkey } from "./nkey.ts";

/** An identity at the broker, and its proof. */
export interface Credentials {
  /** The user's token. Not secret by itself. */
  readonly jwt: string;
  /** The user's key. Secret. */
  readonly seed: string;
}

/** The answer to the broker's challenge. */
export interface Proof {
  readonly jwt: string;
  readonly nkey: string;
  readonly sig: string;
}

/** Answers a challenge. Called at each connect and reconnect, so what it shows may have been renewed. */
export type Authenticate = (nonce?: string) => Proof;

/** The text to hand over. */
export function renderCredentials({ jwt, seed }: Credentials): string {
  return `${JSON.stringify({ jwt, seed })}\n`;
}

/** Reads what {@link renderCredentials} wrote. Throws ServiceError CREDENTIALS_INVALID, which shows none of it. */
export function parseCredentials(text: string): Credentials {
  try {
    const value = JSON.parse(text) as Partial<Credentials> | null;
    const { jwt, seed } = value ?? {};
    if (typeof jwt !== "string" || typeof seed !== "string") throw new Error("jwt or seed missing");
    userNameOf({ jwt, seed });
    Nkey.fromSeed(seed);
    return { jwt, seed };
  } catch (thrown) {
    // A parser's message quotes what it read: that may be the seed.
    const why = thrown instanceof SyntaxError ? "not JSON" : describeError(thrown);
    throw new ServiceError(`the broker credentials cannot be read: ${why}`, {
      code: "CREDENTIALS_INVALID",
      remedy: "Have them issued again: penstock creds issue.",
    });
  }
}

/** The name that a token gives its user: a listener's is the token of its subjects. */
export function userNameOf({ jwt }: Credentials): string {
  const claims = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString()) as {
    name?: unknown;
  };
  if (typeof claims.name !== "string") throw new Error("the token names nobody");
  return claims.name;
}

/** The same key with a later token. Undefined when the text is no token for this key and name. */
export function withToken(credentials: Credentials, jwt: string): Credentials | undefined {
  const claims = claimsOf(jwt);
  const mine =
    claims?.sub === Nkey.fromSeed(credentials.seed).publicKey &&
    claims.name === userNameOf(credentials);
  return mine ? { ...credentials, jwt } : undefined;
}

function claimsOf(jwt: string): { readonly name?: unknown; readonly sub?: unknown } | undefined {
  try {
    return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString()) as object;
  } catch {
    return undefined;
  }
}

/** Answers challenges with credentials, asked for anew each time. */
export function authenticateWith(current: () => Credentials): Authenticate {
  let seed = "";
  let key: Nkey | undefined;
  return (nonce = "") => {
    const credentials = current();
    if (!key || credentials.seed !== seed) {
      key = Nkey.fromSeed(credentials.seed);
      seed = credentials.seed;
    }
    const sig = key.sign(Buffer.from(nonce)).toString("base64url");
    return { jwt: credentials.jwt, nkey: key.publicKey, sig };
  };
}
