// Penstock as its users run it: `penstock up` with a configuration file, its own nats-server and a state
// folder. The bench knows no more of it than its command line and what lies in that folder.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "@penstock/testing";
import { applicationFile } from "../applications/application.ts";
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
  readonly processModel?: Readonly<Record<string, number | string>>;
}

/** A `penstock up` that is ready. */
export interface RunningPenstock {
  readonly process: StartedProcess;
  /** Its state folder. */
  readonly state: string;
  /** Its configuration file. */
  readonly configuration: string;
  readonly adminPort: number;
}

/** The text of a configuration file with these pools. */
export function configurationText(
  applicationPools: Readonly<Record<string, PoolNotation>>,
): string {
  // JSON is YAML.
  return JSON.stringify({ version: 1, applicationPools }, undefined, 2);
}

/**
 * Starts Penstock with these pools, all at zero. `name` tells several of one stage apart; `settings` are
 * variables of its environment.
 */
export async function startPenstock(
  stage: Stage,
  name: string,
  applicationPools: Readonly<Record<string, PoolNotation>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningPenstock> {
  const folder = join(stage.folder, name);
  const state = join(folder, "state");
  const configuration = join(folder, "penstock.yaml");
  await mkdir(folder);
  await writeFile(configuration, configurationText(applicationPools));
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
  await untilReady(up, { port: operationsPort, path: "/readyz" });
  return { process: up, state, configuration, adminPort };
}

/** Penstock for the hot path: one worker that takes as many requests at once as there are connections. */
export async function startPenstockTarget(stage: Stage, concurrency: number): Promise<Target> {
  const [port = 0] = await freePorts(1);
  const running = await startPenstock(stage, "hot", {
    hot: {
      urls: [`http://+:${port}/`],
      module: applicationFile("fastify"),
      concurrency,
      processModel: { maxProcesses: 1 },
    },
  });
  await untilServing(running.process, port);
  const parts = () => penstockParts(running.process.pid, running.state);
  return { name: "penstock", port, parts };
}
