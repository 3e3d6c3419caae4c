// What loads a server: keeps a number of connections busy for a while and tells what came back.

import type { ChildProcesses } from "../processes/child-processes.ts";

/** A load. Each connection asks anew as soon as it was answered. */
export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
}

/** What a load came to. */
export interface LoadResult {
  /** Answers. */
  readonly requests: number;
  /** How long it really took. */
  readonly seconds: number;
  /** Latencies, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers with another status than 2xx. */
  readonly non2xx: number;
  /** Connections that failed or broke, answers that did not come within 2 s. */
  readonly broken: number;
}

/** A program that loads. */
export interface LoadGenerator {
  /** Its name and version. */
  readonly name: string;
  readonly run: (load: Load, processes: ChildProcesses) => Promise<LoadResult>;
}
