// The environment of a worker process. The controller's own holds keys that no application may see, so
// only what every program needs is taken from it.

import type { WorkerLaunch } from "@penstock/activation";

/** Taken from the controller's environment where the launch does not say otherwise. */
const inherited = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"] as const;

/** Composes the environment. `compileCache` is where Node keeps compiled code between starts. */
export function workerEnvironment(
  launch: WorkerLaunch,
  own: NodeJS.ProcessEnv,
  compileCache: string,
): Record<string, string> {
  const environment: Record<string, string> = { NODE_COMPILE_CACHE: compileCache };
  for (const name of inherited) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  return {
    ...environment,
    ...launch.environment,
    ...launch.secrets,
    PENSTOCK_POOL: launch.pool,
    PENSTOCK_WORKER: launch.id,
  };
}
