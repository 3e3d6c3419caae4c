// The admin token: made at the first start, kept in the state folder, readable by its owner alone.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Random bytes in a token. */
const TOKEN_BYTES = 24;

/** Name of the file in the state folder. */
const ADMIN_TOKEN_FILE = "admin-token";

/** Reads the token of a state folder, or makes one. */
export async function loadAdminToken(stateDirectory: string): Promise<string> {
  const file = join(stateDirectory, ADMIN_TOKEN_FILE);
  try {
    return (await readFile(file, "utf8")).trim();
  } catch {
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: "wx" });
    return token;
  }
}

/** True when an Authorization field (RFC 6750 §2.1) carries the token. Takes the same time whatever it carries. */
export function isAuthorized(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
