// The record of a worker process: what a controller that did not launch it needs to adopt it. Written
// right after the process exists, and before it gets its bootstrap: a worker without a record never got
// one and ends by itself.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { ObservedProcess } from "@penstock/activation";
import type { ProcessIdentity } from "./process-table.ts";

/** What stands in `process.json`. */
export interface WorkerRecord extends Omit<ObservedProcess, "suspended">, ProcessIdentity {
  readonly pid: number;
}

/** Writes a record so that a reader sees all of it or none. */
export function writeWorkerRecord(path: string, record: WorkerRecord): void {
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Reads a record; undefined when there is none that can be read. */
export function readWorkerRecord(path: string): WorkerRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as Partial<WorkerRecord>;
    return isComplete(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What the port shows of a record, and of what the process table says now. */
export function observedProcess(record: WorkerRecord, suspended: boolean): ObservedProcess {
  const { id, pool, generation, startedAt, pid } = record;
  return { id, pool, generation, startedAt, suspended, pid };
}

function isComplete(record: Partial<WorkerRecord>): record is WorkerRecord {
  return (
    [record.id, record.pool, record.generation, record.startTime].every(
      (text) => typeof text === "string",
    ) && [record.pid, record.startedAt].every((count) => Number.isSafeInteger(count))
  );
}
