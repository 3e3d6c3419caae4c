// Whose containers are whose: several Penstocks may share an engine. An installation has a name of its own,
// made at its first start and kept in its state folder; its containers carry it as a label.

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Random bytes in a name. */
const NAME_BYTES = 6;

/** The name of a state folder's installation; undefined when it has none. */
export function findInstallation(stateDirectory: string): string | undefined {
  try {
    return readFileSync(join(stateDirectory, "installation"), "utf8").trim();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** The name of a state folder's installation; makes one when there is none. */
export function loadInstallation(stateDirectory: string): string {
  const file = join(stateDirectory, "installation");
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
  try {
    const name = randomBytes(NAME_BYTES).toString("hex");
    writeFileSync(file, `${name}\n`, { mode: 0o600, flag: "wx" });
    return name;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    return readFileSync(file, "utf8").trim();
  }
}
