// What an installation's containers on an engine amount to: workers that can be adopted, and leftovers.
// Pure. What waits to become a worker is none, and whose input it was has gone: it is told apart. A worker of
// which a part is missing or does not run is none: what is left of it goes. One of which a part is paused is
// suspended.

import type { ObservedProcess } from "@penstock/activation";
import { waitingPrefix } from "./plan-worker.ts";
import { readWorkerLabels, type ContainerRole } from "./worker-labels.ts";

/** A container in the engine's list. */
export interface ListedContainer {
  readonly Id: string;
  /** Each with a slash before it. */
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** A worker all of whose containers run. */
export interface FoundWorker {
  readonly worker: ObservedProcess;
  readonly containers: readonly { readonly role: ContainerRole; readonly container: string }[];
}

/** Whole workers, and the containers that belong to none; the latter by the worker that they belonged to. */
export interface FoundContainers {
  readonly workers: readonly FoundWorker[];
  readonly leftovers: readonly { readonly id: string; readonly container: string }[];
  /** Hosts that wait, or waited, for the launch of their worker. */
  readonly waiting: readonly WaitingContainer[];
}

/** A host in waiting, by the worker that it is for. */
export interface WaitingContainer {
  readonly id: string;
  readonly container: string;
  readonly runs: boolean;
}

const PAUSED = "paused";
const RUNNING: ReadonlySet<string> = new Set(["running", PAUSED]);

/** Sorts the containers of an installation. */
export function findWorkers(listed: readonly ListedContainer[]): FoundContainers {
  const workers: FoundWorker[] = [];
  const leftovers: { id: string; container: string }[] = [];
  const waiting: WaitingContainer[] = [];
  const labelled = listed.flatMap(({ Id, Names, State, Labels }) => {
    const labels = readWorkerLabels(Labels);
    if (!labels) return [];
    const runs = RUNNING.has(State);
    if (!Names.some((name) => name.startsWith(`/${waitingPrefix}`)))
      return [{ ...labels, container: Id, runs, paused: State === PAUSED }];
    waiting.push({ id: labels.worker.id, container: Id, runs });
    return [];
  });
  for (const [id, halves] of Map.groupBy(labelled, ({ worker }) => worker.id)) {
    const [{ worker, halves: wanted } = { worker: undefined, halves: 0 }] = halves;
    if (worker && halves.length === wanted && halves.every(({ runs }) => runs)) {
      const containers = halves.map(({ role, container }) => ({ role, container }));
      const suspended = halves.some(({ paused }) => paused);
      workers.push({ worker: { ...worker, suspended }, containers });
    } else {
      leftovers.push(...halves.map(({ container }) => ({ id, container })));
    }
  }
  return { workers, leftovers, waiting };
}
