// Where the entry points of the roles stand. They are run as processes, never imported: an application
// belongs to its own process.

import { fileURLToPath } from "node:url";

/** A process that Penstock consists of. */
export type Role = "listener" | "controller" | "worker";

/** The module that a role's process runs. */
export function roleEntry(role: Role): string {
  return fileURLToPath(new URL(`../../${role}/src/main.ts`, import.meta.url));
}
