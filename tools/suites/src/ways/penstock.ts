// Penstock around the servers of a suite: a real broker with an account for each slot's pool, a real
// listener process, and workers with credentials of their own. What the controller does is done once, at
// the start; no worker comes or goes while a suite runs.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  httpSysUrlGroup,
  plainEdge,
  type ApplicationPool,
  type EdgeSettings,
} from "@penstock/domain";
import { systemClock } from "@penstock/foundation";
import { hostPort } from "@penstock/http/port";
import { JetStreamRequestReceiver } from "@penstock/nats-request-queue";
import { OperatorBroker } from "@penstock/operator-broker";
import { aPool, freePorts } from "@penstock/testing";
import { workerInbox } from "@penstock/wire";
import { startWorkerSession } from "@penstock/worker";
import type { Slot, SlotPlan } from "../slots/slot-plan.ts";
import type { Way } from "./way.ts";

const LISTENER = fileURLToPath(new URL("../../../../apps/listener/src/main.ts", import.meta.url));

/**
 * Penstock set as an operator sets it whose applications' clients expect a server of node:http: idle connections
 * live as long as there, and a path segment is as long as its request may be. The tests play the proxies before
 * their applications, so these are trusted.
 */
const IDLE_CONNECTION_MS = 5000;
const EDGE: EdgeSettings = { ...plainEdge, trustedProxies: ["127.0.0.0/8", "::1"] };
const LISTENER_SETTINGS = {
  PENSTOCK_IDLE_CONNECTION_MS: `${IDLE_CONNECTION_MS}ms`,
  PENSTOCK_URL_SEGMENT_MAX_LENGTH: "0",
};

/** Requests that one worker takes at once: no test should wait for a slot of its pool. */
const CONCURRENCY = 128;

/** Opens Penstock with a forwarding worker for each slot. */
export async function openForwarder(plan: SlotPlan): Promise<Way> {
  await using stack = new AsyncDisposableStack();
  const broker = await startDataPlane(stack, plan);
  for (const slot of plan.slots) stack.use(await forward(broker, slot));
  const held = stack.move();
  return { name: "forwarder", plan, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Opens Penstock without workers: the processes of the suite bring them. */
export async function openModuleHosting(plan: SlotPlan): Promise<Way> {
  await using stack = new AsyncDisposableStack();
  const broker = await startDataPlane(stack, plan);
  const { url, state } = broker;
  const held = stack.move();
  return {
    name: "module",
    plan: { ...plan, broker: { url, keys: state } },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function startDataPlane(
  stack: AsyncDisposableStack,
  { slots }: SlotPlan,
): Promise<OperatorBroker> {
  const pools = slots.map(({ pool, front }) => slotPool(pool, [`http://+:${front}/`]));
  const broker = stack.use(await OperatorBroker.start(pools, EDGE));
  const listener = await startListener(broker);
  stack.defer(() => end(listener));
  return broker;
}

function slotPool(name: string, urls: string[]): ApplicationPool {
  const { timeouts, ...limits } = httpSysUrlGroup;
  const group = { name, urls, ...limits };
  return aPool({
    name,
    urls,
    urlGroups: [{ ...group, timeouts: { ...timeouts, idleConnectionMs: IDLE_CONNECTION_MS } }],
    concurrency: CONCURRENCY,
  });
}

async function startListener(broker: OperatorBroker): Promise<ChildProcess> {
  const [operations = 0] = await freePorts(1);
  const listener = spawn(process.execPath, [LISTENER], {
    env: {
      PATH: process.env["PATH"],
      PENSTOCK_NATS_URL: broker.url,
      PENSTOCK_NATS_CREDENTIALS: broker.listenerCredentials("suites"),
      PENSTOCK_OPERATIONS_LISTEN: `127.0.0.1:${operations}`,
      ...LISTENER_SETTINGS,
      PENSTOCK_SHUTDOWN_LIMIT_MS: "1s",
      PENSTOCK_LOG_LEVEL: process.env["SUITES_LOG"] ?? "error",
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [ready] = (await Promise.race([once(listener, "message"), once(listener, "exit")])) as [
    { readonly failedPorts?: readonly number[] } | number | null,
  ];
  if (typeof ready !== "object" || ready?.failedPorts?.length !== 0)
    throw new Error(`the listener did not open all ports: ${JSON.stringify(ready)}`);
  return listener;
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill("SIGTERM");
  await once(process, "exit");
}

/** A worker whose application is whatever listens on the slot's back port. */
async function forward(broker: OperatorBroker, { pool, back }: Slot): Promise<AsyncDisposable> {
  const id = `${pool}-worker`;
  const link = await broker.connectWorker(pool, id);
  const host = hostPort({ port: back });
  startWorkerSession({
    transport: new JetStreamRequestReceiver(link, {
      pool,
      worker: id,
      inbox: `${workerInbox(id)}.pull`,
    }),
    host,
    slots: CONCURRENCY,
    report: () => {},
    malformed: (what) => process.stderr.write(`${pool}: ignored ${what}\n`),
    clock: systemClock,
    epochNow: Date.now,
    defer: setImmediate,
  });
  return {
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
    },
  };
}
