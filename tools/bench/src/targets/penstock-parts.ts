// The processes of a `penstock up`. Workers are known by their records in the state folder: they outlive
// the controller that started them. The others are below `up` in the process tree.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { argumentsOf, descendantsOf } from "../processes/process-table.ts";
import type { TargetParts } from "./target.ts";

/** The processes of a Penstock, by what they are. `up` is the pid of `penstock up`. */
export function penstockParts(up: number, state: string): TargetParts {
  const parts = new Map<string, number[]>([
    ["listener", []],
    ["nats-server", []],
    ["worker", workerPids(state)],
    ["controller", []],
    ["up", [up]],
  ]);
  for (const { pid } of descendantsOf(up)) {
    const part = partOf(argumentsOf(pid));
    if (part !== undefined) parts.get(part)?.push(pid);
  }
  return parts;
}

/** Ids of the workers that have a record, which they have until they are gone. */
export function workerIds(state: string): string[] {
  try {
    return readdirSync(join(state, "workers"));
  } catch {
    return [];
  }
}

/** Which part a process is, by its command line; undefined for a worker, or for what is none. */
export function partOf([program = "", script = ""]: readonly string[]): string | undefined {
  if (basename(program) === "nats-server") return "nats-server";
  return /[/\\](listener|controller)[/\\]src[/\\]main\.ts$/.exec(script)?.[1];
}

/** Pids of the workers that are there. */
export function workerPids(state: string): number[] {
  return workerIds(state).flatMap((id) => {
    try {
      const path = join(state, "workers", id, "process.json");
      return [(JSON.parse(readFileSync(path, "utf8")) as { pid: number }).pid];
    } catch {
      // It has just come, or has just gone.
      return [];
    }
  });
}
