// What a pool runs, in a line.

import { relative } from "node:path";
import type { ApplicationSource } from "@penstock/domain";

/** Paths are shown from where the command runs. */
export function applicationText(application: ApplicationSource): string {
  if (application.kind === "module") return `module ${relative(process.cwd(), application.module)}`;
  if (application.kind === "image") return `image ${application.image}`;
  return `command ${application.command.join(" ")}`;
}
