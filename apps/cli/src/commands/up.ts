// `penstock up` and `penstock demo`: everything on one machine, in the foreground. Start and stop mirror
// each other:
//
//   start  1 configuration  2 state folder  3 nats-server  4 controller  5 listener
//   stop   5 listener drains  4 controller stops its workers  3 nats-server

import { mkdir } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ApplicationPool } from "@penstock/domain";
import type { HostConfiguration } from "@penstock/configuration";
import {
  findNatsServer,
  natsServerCacheDirectory,
  startNatsServer,
  type RunningNatsServer,
} from "@penstock/nats-server";
import { prepareBrokerTrust, type BrokerTrust } from "../broker-trust.ts";
import { runProcess } from "@penstock/process";
import { columns, print, tell } from "../print.ts";
import { readConfigurationFile } from "../read-configuration-file.ts";
import { RoleProcess } from "../role-process.ts";
import { version } from "../version.ts";

const DEMO_FILE = fileURLToPath(new URL("../../../../examples/penstock.yaml", import.meta.url));

/** Longest stop: what workers and clients may take to finish, milliseconds. */
const STOP_LIMIT_MS = 100_000;

/** What the command was told. */
export interface UpOptions {
  readonly config: string;
  readonly state: string;
  readonly runtime: "process";
  readonly nats?: string;
  readonly adminListen: string;
  readonly operationsListen: string;
  readonly bind: string;
  readonly logLevel: string;
}

/** Runs the shipped examples. */
export function demo(options: Omit<UpOptions, "config">): Promise<void> {
  return up({ ...options, config: relative(process.cwd(), DEMO_FILE) });
}

/** Runs a configuration until it is told to stop. */
export async function up(options: UpOptions): Promise<void> {
  const configuration = readConfigurationFile(options.config);
  if (!configuration) return;
  const startedAt = performance.now();
  await runProcess("penstock", async (stack, _signal, control) => {
    control.stopWithin(STOP_LIMIT_MS);
    const state = resolve(options.state);
    await mkdir(state, { recursive: true, mode: 0o700 });
    const trust = prepareBrokerTrust(state);
    const nats = options.nats === undefined ? await startBroker(stack, state, trust) : undefined;
    const environment = roleEnvironment(options, state, nats?.url ?? options.nats ?? "", trust);
    const controller = new RoleProcess("controller", environment, tell);
    const listener = new RoleProcess("listener", environment, tell);
    // A second signal ends this process at once: nothing may outlive it.
    process.once("exit", () => {
      controller.kill();
      listener.kill();
    });
    stack.use(controller);
    await controller.start();
    stack.use(listener);
    const { failedPorts = [] } = await listener.start();
    banner(options, configuration, failedPorts, performance.now() - startedAt);
  });
}

async function startBroker(
  stack: AsyncDisposableStack,
  state: string,
  trust: BrokerTrust,
): Promise<RunningNatsServer> {
  const found = await findNatsServer({
    cacheDirectory: natsServerCacheDirectory(process.env),
    environment: process.env,
    report: (event) => {
      if (event.kind === "fetching") tell(`fetching nats-server (${event.source}) …`);
    },
  });
  const start = (port: number): Promise<RunningNatsServer> =>
    startNatsServer({
      binary: found.path,
      storeDirectory: `${state}/nats`,
      configuration: { port, extraLines: trust.configurationLines },
      report: () => {},
    });
  const server = await start(0);
  tell(`nats-server ${found.version} (from ${found.source}) on ${server.url}`);
  keepRunning(stack, server, () => start(server.port));
  return server;
}

/** Starts the broker again, on its port, when it ends unasked. */
function keepRunning(
  stack: AsyncDisposableStack,
  first: RunningNatsServer,
  restart: () => Promise<RunningNatsServer>,
): void {
  let current = first;
  let stopping = false;
  let stopped = false;
  const watch = (server: RunningNatsServer): void => {
    void server.exited.then(async (exit) => {
      if (stopping) return;
      tell(`nats-server ended (${exit.signal ?? exit.code}); starting it again`);
      current = await restart();
      watch(current);
    });
  };
  watch(first);
  process.once("exit", () => {
    if (!stopped) process.kill(current.pid, "SIGKILL");
  });
  stack.defer(async () => {
    stopping = true;
    await current[Symbol.asyncDispose]();
    stopped = true;
  });
}

function roleEnvironment(
  options: UpOptions,
  state: string,
  natsUrl: string,
  trust: BrokerTrust,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PENSTOCK_CONFIG: resolve(options.config),
    PENSTOCK_STATE: state,
    PENSTOCK_NATS_URL: natsUrl,
    PENSTOCK_NATS_CREDENTIALS_FILE: trust.listenerCredentialsFile,
    PENSTOCK_ADMIN_LISTEN: options.adminListen,
    PENSTOCK_OPERATIONS_LISTEN: options.operationsListen,
    PENSTOCK_BIND: options.bind,
    PENSTOCK_LOG_LEVEL: options.logLevel,
    PENSTOCK_STOP_WORKERS: "true",
  };
}

function banner(
  options: UpOptions,
  configuration: HostConfiguration,
  failedPorts: readonly number[],
  tookMs: number,
): void {
  const rows = configuration.pools.flatMap((pool) =>
    pool.urls.map((url) => [`  ${shownUrl(url)}`, pool.name, what(pool)]),
  );
  print(
    `penstock ${version} is up after ${(tookMs / 1000).toFixed(1)} s. Every pool is at zero until its first request.`,
  );
  print(columns(rows));
  for (const port of failedPorts)
    print(`  port ${port} could not be opened: its pools do not answer`);
  print(
    `  admin http://${options.adminListen}/api/v1/status (token in ${options.state}/admin-token), metrics http://${options.operationsListen}/metrics`,
  );
  print("Press Ctrl-C to stop.");
}

/** A prefix as something that can be opened. */
function shownUrl(url: string): string {
  return url.replace(/^(https?:\/\/)[+*]:/, "$1localhost:");
}

function what({ application }: ApplicationPool): string {
  return application.kind === "module"
    ? `module ${relative(process.cwd(), application.module)}`
    : `command ${application.command.join(" ")}`;
}
