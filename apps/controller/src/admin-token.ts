// The tokens of the admin API, one a scope: `<state>/read-token`, `operate-token`, `admin-token`. Made at the
// first start, each readable by its owner alone: whoever may do less is given the file, or a copy, of the
// token that allows less. An operator may write a token of their own into a file.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError, ServiceError } from "@penstock/foundation";
import { scopes, type Scope } from "./admin-scope.ts";

/** Random bytes in a token. */
const TOKEN_BYTES = 24;

/** What an Authorization field can carry (RFC 6750 §2.1), and too long to be tried out. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,}=*$/;

/** Anybody but the owner. */
const OTHERS = 0o077;

/** The tokens that are good, as digests: no token stays in memory. */
export class AdminTokens {
  readonly #digests: readonly (readonly [Scope, Buffer])[];

  constructor(tokens: Readonly<Record<Scope, string>>) {
    this.#digests = scopes.map((scope) => [scope, digest(tokens[scope])] as const);
  }

  /** Reads the tokens of a state folder; makes those that are missing. Throws ServiceError ADMIN_TOKEN_UNSAFE. */
  static async load(stateDirectory: string): Promise<AdminTokens> {
    const [read, operate, admin] = await Promise.all(
      scopes.map((scope) => loadToken(join(stateDirectory, `${scope}-token`))),
    );
    return new AdminTokens({ read: read ?? "", operate: operate ?? "", admin: admin ?? "" });
  }

  /** What an Authorization field allows; undefined: nothing. Takes the same time whatever it carries. */
  scopeOf(authorization: string | undefined): Scope | undefined {
    const given = digest(/^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "");
    let held: Scope | undefined;
    // All of them, also after a match. Of equal tokens the wider scope holds.
    for (const [scope, token] of this.#digests) if (timingSafeEqual(given, token)) held = scope;
    return held;
  }
}

async function loadToken(file: string): Promise<string> {
  try {
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: "wx" });
    return token;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST")
      throw unsafe(file, describeError(thrown));
  }
  const token = (await readFile(file, "utf8").catch(refuse(file))).trim();
  const { mode } = await stat(file).catch(refuse(file));
  if ((mode & OTHERS) !== 0)
    throw unsafe(
      file,
      "others may read it",
      `chmod 600 ${file}, after you have put a new token there.`,
    );
  if (!TOKEN.test(token)) throw unsafe(file, "it holds no token of at least 16 letters and digits");
  return token;
}

function refuse(file: string): (thrown: unknown) => never {
  return (thrown) => {
    throw unsafe(file, describeError(thrown));
  };
}

function unsafe(file: string, why: string, remedy?: string): ServiceError {
  return new ServiceError(`the token in ${file} cannot be used: ${why}`, {
    code: "ADMIN_TOKEN_UNSAFE",
    remedy: remedy ?? "Remove the file: the next start makes a new token.",
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
