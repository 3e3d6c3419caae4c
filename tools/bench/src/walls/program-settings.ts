// What the programs of this measurement are told when they start, and what they tell. Credentials are in the
// settings: they go into a file of mode 600 in the folder of the run, and the program is given its name.

import { readFileSync, writeFileSync } from "node:fs";
import type { RoutedPool } from "@penstock/wire";
import type { LoadSample } from "../measuring/load-summary.ts";
import type { LinkSettings } from "./open-link.ts";
import type { RequestKind } from "./request-kind.ts";

/** What the worker is told. */
export interface WorkerSettings {
  readonly link: LinkSettings;
  readonly worker: string;
  readonly pool: string;
  /** The requests that it takes at once. */
  readonly slots: number;
}

/** What a listener is told: one load. */
export interface ListenerSettings {
  readonly link: LinkSettings;
  readonly listener: string;
  readonly route: RoutedPool;
  readonly kind: RequestKind;
  /** Requests that are under way all the time. */
  readonly inFlight: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Processes whose processor time is to be read besides its own, by what they are. */
  readonly others: Readonly<Record<string, number>>;
}

/** What a listener prints: one line of JSON. */
export interface ListenerReport extends Pick<LoadSample, "load" | "cpu"> {
  /** What went wrong first; empty when everything was answered as it should be. */
  readonly faults: readonly string[];
}

/** Writes settings into a new file. */
export function writeSettings(file: string, settings: WorkerSettings | ListenerSettings): void {
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600, flag: "wx" });
}

/** Reads the settings that this program, the worker, was started with. */
export function readWorkerSettings(): WorkerSettings {
  return read() as WorkerSettings;
}

/** Reads the settings that this program, a listener, was started with. */
export function readListenerSettings(): ListenerSettings {
  return read() as ListenerSettings;
}

function read(): unknown {
  return JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
}
