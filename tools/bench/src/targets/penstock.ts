// Penstock as its users run it: `penstock up` with a configuration file, its own nats-server and a state
// folder. The bench knows no more of it than its command line and what lies in that folder.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "@penstock/testing";
import { applicationFile, type ApplicationName } from "../applications/application.ts";
import type { Stage } from "../measuring/stage.ts";
import type { StartedProcess } from "../processes/child-processes.ts";
import { untilReady, untilServing } from "../processes/until-serving.ts";
import { penstockParts } from "./penstock-parts.ts";
import type { Target } from "./target.ts";

/** The `penstock` binary. */
export const commandLine = fileURLToPath(
  new URL("../../../../apps/cli/src/main.ts", import.meta.url),
);

/** A pool as `penstock.yaml` has it, as far as the bench writes it. */
export interface PoolNotation {
  readonly urls: readonly string[];
  readonly module?: string;
  readonly image?: string;
  readonly port?: number;
  readonly container?: { readonly image: string };
  readonly concurrency?: number;
  readonly queueLength?: number;
  readonly processModel?: Readonly<Record<string, number | string>>;
}

/** A URL group likewise. */
export interface UrlGroupNotation {
  readonly timeouts: Readonly<Record<string, string>>;
}

/** A `penstock up` that is ready. */
export interface RunningPenstock {
  readonly process: StartedProcess;
  /** Its state folder. */
  readonly state: string;
  /** Its configuration file. */
  readonly configuration: string;
  readonly adminPort: number;
  /** Where the listener's metrics are. */
  readonly operationsPort: number;
}

/** The text of a configuration file with these pools. */
export function configurationText(
  applicationPools: Readonly<Record<string, PoolNotation>>,
  urlGroups?: PenstockExtras["urlGroups"],
): string {
  // JSON is YAML.
  return JSON.stringify({ version: 1, applicationPools, urlGroups }, undefined, 2);
}

/** What a Penstock has beside its pools. */
export interface PenstockExtras {
  readonly urlGroups?: Readonly<Record<string, UrlGroupNotation>>;
  /** Variables of its environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long the start may take, milliseconds. */
  readonly readyLimitMs?: number;
}

/** Starts Penstock with these pools, all at zero. `name` tells several of one stage apart. */
export async function startPenstock(
  stage: Stage,
  name: string,
  applicationPools: Readonly<Record<string, PoolNotation>>,
  { urlGroups, settings, readyLimitMs }: PenstockExtras = {},
): Promise<RunningPenstock> {
  const folder = join(stage.folder, name);
  const state = join(folder, "state");
  const configuration = join(folder, "penstock.yaml");
  await mkdir(folder);
  await writeFile(configuration, configurationText(applicationPools, urlGroups));
  const [adminPort = 0, operationsPort = 0] = await freePorts(2);
  const flags = Object.entries({
    config: configuration,
    state,
    bind: "127.0.0.1",
    "admin-listen": `127.0.0.1:${adminPort}`,
    "operations-listen": `127.0.0.1:${operationsPort}`,
    "log-level": "warn",
  }).flatMap(([flag, value]) => [`--${flag}`, value]);
  const up = stage.processes.start({
    name: "penstock up",
    executable: process.execPath,
    arguments: [commandLine, "up", ...flags],
    environment: { ...process.env, ...settings, PENSTOCK_NATS_SERVER: stage.natsServer },
  });
  await untilReady(up, { port: operationsPort, path: "/readyz" }, readyLimitMs);
  return { process: up, state, configuration, adminPort, operationsPort };
}

/** Penstock with one module pool: one worker that takes so many requests at once. */
export async function startPenstockTarget(
  stage: Stage,
  application: ApplicationName,
  concurrency: number,
): Promise<Target> {
  const [port = 0] = await freePorts(1);
  const running = await startPenstock(stage, application, {
    [application]: {
      urls: [`http://+:${port}/`],
      module: applicationFile(application),
      concurrency,
      processModel: { maxProcesses: 1 },
    },
  });
  await untilServing(running.process, port);
  const parts = () => penstockParts(running.process.pid, running.state);
  return { name: "penstock", port, parts };
}
