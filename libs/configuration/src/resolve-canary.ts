// From the file's words on a second version to those that the rest of Penstock knows.

import type { ApplicationSource, Canary, Stickiness } from "@penstock/domain";
import type { PoolSettings } from "./pool-settings.ts";
import { resolveApplication } from "./resolve-application.ts";

/** The pool's canary; undefined when the file names none. `settings` has passed every rule. */
export function resolveCanary({ canary, port }: PoolSettings, home: string): Canary | undefined {
  const { weight, sticky, ...version } = canary;
  if (weight === undefined) return undefined;
  const stickiness = resolveStickiness(sticky);
  const application: ApplicationSource = resolveApplication(
    { ...version, ...(port !== undefined && { port }) },
    home,
  );
  return { application, weight, ...(stickiness && { sticky: stickiness }) };
}

function resolveStickiness({
  header,
  cookie,
}: PoolSettings["canary"]["sticky"]): Stickiness | undefined {
  if (header !== undefined) return { header };
  return cookie === undefined ? undefined : { cookie };
}
