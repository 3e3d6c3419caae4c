// Whether a worker host that was started a while ago is what one would be that is started now. A folder is told by
// what it is and not only by its path: a container that was started before a folder was replaced by another still
// sees the former one.

import { statSync } from "node:fs";
import type { WorkerPreparation } from "@penstock/activation";
import { planWaitingHost, type WorkerSurroundings } from "./plan-worker.ts";

/** A text that is the same for hosts that are the same, but for when they were started. */
export function hostLikeness(
  preparation: WorkerPreparation,
  around: WorkerSurroundings,
  folders: readonly string[],
): string {
  const { host, networks } = planWaitingHost(preparation, around, { folders, startedAt: 0 });
  const sources = host.configuration.HostConfig.Mounts.flatMap(({ Type, Source }) =>
    Type === "bind" && Source !== undefined ? [Source] : [],
  );
  return JSON.stringify([host, networks, sources.map((path) => identityOf(path))]);
}

function identityOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : "none";
}
