// `penstock up` and `penstock demo`: everything on one machine, in the foreground. Start and stop mirror
// each other:
//
//   start  1 configuration  2 state folder  3 workers' network  4 nats-server  5 controller  6 listener
//   stop   6 listener drains  5 controller stops its workers  4 nats-server  3 workers' network

import { closeSync, openSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadInstallation, openWorkerNetwork, type WorkerNetwork } from "@penstock/docker-runtime";
import type { HostConfiguration } from "@penstock/configuration";
import {
  findNatsServer,
  natsServerCacheDirectory,
  startNatsServer,
  type RunningNatsServer,
} from "@penstock/nats-server";
import { applicationText } from "../application-text.ts";
import { prepareBrokerTrust, type BrokerTrust } from "../broker-trust.ts";
import { runProcess } from "@penstock/process";
import { columns, print, tell } from "../print.ts";
import { readConfigurationFile } from "../read-configuration-file.ts";
import { RoleProcess } from "../role-process.ts";
import { startPlan } from "../start-plan.ts";
import { startPlanText } from "../start-plan-text.ts";
import { version } from "../version.ts";

const DEMO_FILE = fileURLToPath(new URL("../../../../examples/penstock.yaml", import.meta.url));

/** Longest stop: what workers and clients may take to finish, milliseconds. */
const STOP_LIMIT_MS = 100_000;

/** What the command was told. */
export interface UpOptions {
  readonly config: string;
  readonly state: string;
  readonly runtime: "process" | "docker";
  readonly engine: string;
  readonly workerImage: string;
  readonly workerNetwork?: string;
  readonly nats?: string;
  readonly adminListen: string;
  readonly operationsListen: string;
  readonly bind: string;
  readonly logLevel: string;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
  readonly output: "table" | "json";
}

/** Runs the shipped examples. */
export function demo(options: Omit<UpOptions, "config">): Promise<void> {
  return up({ ...options, config: relative(process.cwd(), DEMO_FILE) });
}

/** Runs a configuration until it is told to stop. */
export async function up(options: UpOptions): Promise<void> {
  const configuration = readConfigurationFile(options.config);
  if (!configuration) return;
  if (options.dryRun) {
    const plan = startPlan(configuration);
    print(options.output === "json" ? JSON.stringify(plan, undefined, 2) : startPlanText(plan));
    return;
  }
  const startedAt = performance.now();
  const attended = terminalIsThere();
  await runProcess("penstock", async (stack, _signal, control) => {
    control.stopWithin(STOP_LIMIT_MS);
    let controller: RoleProcess | undefined;
    process.on("SIGHUP", () => {
      // Of a terminal that was closed: nobody is there any more for whom this runs in the foreground.
      if (attended && !terminalIsThere()) process.kill(process.pid, "SIGTERM");
      // One that is not started yet reads the configuration anyway.
      else controller?.reload();
    });
    const state = resolve(options.state);
    await mkdir(state, { recursive: true, mode: 0o700 });
    const trust = prepareBrokerTrust(state);
    const network =
      options.runtime === "docker" ? await openNetwork(stack, options, state) : undefined;
    const broker = { state, trust, host: network?.gateway };
    const natsUrl = options.nats ?? (await startBroker(stack, broker)).url;
    const environment = {
      ...roleEnvironment(options, state, natsUrl, trust),
      ...(network && { PENSTOCK_WORKER_NETWORK: network.name }),
    };
    const started = new RoleProcess("controller", environment, tell);
    controller = started;
    const listener = new RoleProcess("listener", environment, tell);
    // A second signal ends this process at once: nothing may outlive it.
    process.once("exit", () => {
      started.kill();
      listener.kill();
    });
    stack.use(started);
    await started.start();
    stack.use(listener);
    const { failedPorts = [] } = await listener.start();
    banner(options, configuration, failedPorts, performance.now() - startedAt);
  });
}

/** Containers do not reach this machine's loopback: broker and workers meet on a network of the engine's. */
async function openNetwork(
  stack: AsyncDisposableStack,
  { engine, workerNetwork }: UpOptions,
  state: string,
): Promise<WorkerNetwork> {
  const installation = loadInstallation(state);
  const name = workerNetwork === undefined ? {} : { name: workerNetwork };
  return stack.use(await openWorkerNetwork({ engine, installation, ...name }));
}

async function startBroker(
  stack: AsyncDisposableStack,
  {
    state,
    trust,
    host,
  }: { readonly state: string; readonly trust: BrokerTrust; readonly host: string | undefined },
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
      configuration: { port, ...(host && { host }), extraLines: trust.configurationLines },
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
    PENSTOCK_RUNTIME: options.runtime,
    PENSTOCK_ENGINE: options.engine,
    PENSTOCK_WORKER_IMAGE: options.workerImage,
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
    pool.urls.map((url) => [`  ${shownUrl(url)}`, pool.name, applicationText(pool.application)]),
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

function terminalIsThere(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

/** A prefix as something that can be opened. */
function shownUrl(url: string): string {
  return url.replace(/^(https?:\/\/)[+*]:/, "$1localhost:");
}
