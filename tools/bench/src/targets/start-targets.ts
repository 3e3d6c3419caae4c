// Every way to one application, all running at the same time: the application alone, nginx, http-proxy, Penstock.

import type { ApplicationName } from "../applications/application.ts";
import type { Stage } from "../measuring/stage.ts";
import type { FoundProgram } from "../processes/find-program.ts";
import { startDirect } from "./direct.ts";
import { startHttpProxy } from "./http-proxy.ts";
import { startNginx } from "./nginx.ts";
import { startPenstockTarget } from "./penstock.ts";
import type { Target } from "./target.ts";

/** What is compared. */
export interface Comparison {
  readonly application: ApplicationName;
  /** Left out where there is none. */
  readonly nginx: FoundProgram | undefined;
  /** Connections of http-proxy to the application, 0 for any number. */
  readonly proxyConnections: number;
  /** Requests that Penstock's one worker takes at once. */
  readonly concurrency: number;
}

/** Starts them and waits until they serve. */
export async function startTargets(stage: Stage, comparison: Comparison): Promise<Target[]> {
  const { application, nginx, proxyConnections, concurrency } = comparison;
  const direct = await startDirect(stage, application);
  return [
    direct,
    ...(nginx ? [await startNginx(stage, direct, nginx.executable)] : []),
    await startHttpProxy(stage, direct, proxyConnections),
    await startPenstockTarget(stage, application, concurrency),
  ];
}
