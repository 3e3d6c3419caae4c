// What a container says about itself: all that the next controller needs to adopt it, and nothing that
// could not be read by everybody who may ask the engine.

import type { ObservedProcess, WorkerLaunch } from "@penstock/activation";

/** The half of a worker that a container is: the worker host, or the application beside it. */
export type ContainerRole = "host" | "application";

const prefix = "io.penstock.";

/** The filter that finds the containers of an installation. */
export function installationLabel(installation: string): string {
  return `${prefix}installation=${installation}`;
}

/** A container's labels. `halves`: how many containers the worker consists of. */
export function workerLabels(
  launch: WorkerLaunch,
  own: {
    readonly installation: string;
    readonly role: ContainerRole;
    readonly halves: 1 | 2;
    readonly startedAt: number;
  },
): Readonly<Record<string, string>> {
  const labels = {
    installation: own.installation,
    pool: launch.pool,
    worker: launch.id,
    generation: launch.generation,
    role: own.role,
    halves: String(own.halves),
    "started-at": String(own.startedAt),
  };
  return Object.fromEntries(Object.entries(labels).map(([name, text]) => [prefix + name, text]));
}

/** What does not change in the life of a worker. */
export type LabelledWorker = Omit<ObservedProcess, "suspended">;

/** What the labels of one container say. */
export interface LabelledContainer {
  readonly worker: LabelledWorker;
  readonly role: ContainerRole;
  readonly halves: number;
}

/** Reads labels; undefined when they are not those of a worker. */
export function readWorkerLabels(
  labels: Readonly<Record<string, string>>,
): LabelledContainer | undefined {
  const read = (name: string) => labels[prefix + name] ?? "";
  const [id, pool, generation, role] = [
    read("worker"),
    read("pool"),
    read("generation"),
    read("role"),
  ];
  const [startedAt, halves] = [Number(read("started-at")), Number(read("halves"))];
  if (id === "" || pool === "" || !Number.isSafeInteger(startedAt)) return undefined;
  if (role !== "host" && role !== "application") return undefined;
  return { worker: { id, pool, generation, startedAt }, role, halves };
}
