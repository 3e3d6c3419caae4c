// A running controller, put together. Start and stop mirror each other:
//
//   start  1 configuration  2 broker, leadership  3 runtime  4 queues and routing  5 the loop  6 reloads  7 admin port
//   stop   7 admin port  6 reloads  5 the loop, and the workers where they go with it  3 runtime  2 leadership, broker

import { mkdir } from "node:fs/promises";
import { generationOf, versionsOf } from "@penstock/configuration";
import type { ApplicationPool } from "@penstock/domain";
import { systemClock } from "@penstock/foundation";
import {
  EventStore,
  PoolSignals,
  QueueAdministration,
  RoutingStore,
  StandingStore,
} from "@penstock/nats-administration";
import {
  AccountPublisher,
  CredentialRegistry,
  loadOrCreateTrust,
  readBrokerStorage,
} from "@penstock/nats-accounts";
import type { Log } from "@penstock/process";
import { exportConnection, type Metrics } from "@penstock/process/metrics";
import { LeadershipLost } from "./leadership/leadership-lost.ts";
import { AdminTokens } from "./admin-token.ts";
import { exportBrokerStorage } from "./broker-storage-metrics.ts";
import { ConfigurationFile } from "./configuration/configuration-file.ts";
import { watchForReloads } from "./configuration/reload-triggers.ts";
import { startConfiguration } from "./configuration/start-configuration.ts";
import { ControllerEvents } from "./controller-events.ts";
import { createControllerMetrics } from "./controller-metrics.ts";
import { connectAs } from "./connect-as.ts";
import { Controller } from "./controller.ts";
import { exportCredentialExpiry } from "./credential-expiry-metrics.ts";
import { CredentialKeeper } from "./credential-keeper.ts";
import { EventJournal } from "./events/event-journal.ts";
import { awaitLeadership } from "./leadership/await-leadership.ts";
import { ObservedPools } from "./observed-pools.ts";
import { openAdminPorts } from "./open-admin-ports.ts";
import { PoolStandings } from "./pool-standings.ts";
import { QueueGauges } from "./queue-gauges.ts";
import type { ControllerSettings } from "./settings.ts";
import { runtimeWarnings, startRuntime } from "./start-runtime.ts";
import { statusReport } from "./status-report.ts";
import { version } from "./version.ts";
import { WorkerIdentities } from "./worker-identities.ts";
import { exportWorkerUsage } from "./worker-usage-metrics.ts";

/** What a controller is started with. */
export interface ControllerStart {
  readonly settings: ControllerSettings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Aborts when workers that still run must be killed. */
  readonly cut: AbortSignal;
  /** Aborts when the process is told to stop, also while it waits until it leads. */
  readonly signal: AbortSignal;
  /** Ends the process, which cannot go on. */
  readonly fail: (failure: unknown) => void;
}

/** How long the kill of the workers may take before this process ends without it, milliseconds. */
const QUIT_LIMIT_MS = 2000;

/** How long a stop waits until its last events are kept, milliseconds. */
const EVENTS_SETTLE_MS = 1000;

/** Milliseconds since the Unix epoch, on the monotonic clock: no jumps. */
const epochNow = (): number => performance.timeOrigin + performance.now();

/** Starts a controller; its stops are pushed onto `stack`. */
export async function startController(
  stack: AsyncDisposableStack,
  parts: ControllerStart,
): Promise<Controller> {
  const { settings, log, metrics, cut, signal, fail } = parts;

  // 1 configuration
  const file = new ConfigurationFile(settings.config);
  const unfit = (pools: readonly ApplicationPool[]) => runtimeWarnings(settings.runtime, pools);
  // Faults end a start at once, also one that would wait. What is read once this leads is what counts.
  unfit((await file.load()).configuration.pools);
  await mkdir(settings.state, { recursive: true, mode: 0o700 });
  const tokens = await AdminTokens.load(settings.state);

  // 2 broker
  const trust = loadOrCreateTrust(settings.state, process.env);
  const registry = new CredentialRegistry(settings.state);
  const failed = (what: string, cause: unknown): void => events.failed(what, cause);
  const broker = { trust, natsUrl: settings.natsUrl, failed };
  const writer = stack.use(await connectAs("account-writer", broker));
  const accounts = new AccountPublisher(writer, trust);
  await accounts.publishShared();
  const link = stack.use(await connectAs("controller", broker));
  exportConnection(metrics, "controller", link);
  const leadership = await awaitLeadership(stack, {
    link,
    settings,
    tokens,
    log,
    metrics,
    signal,
  });
  const known = await file.signature();
  const loaded = await file.load();
  const configured = loaded.configuration.pools;
  const storage = exportBrokerStorage(metrics, () => readBrokerStorage(writer));
  exportCredentialExpiry(metrics, {
    pools: () => Array.from(standings.desired.keys()),
    credentials: () => registry.all(),
  });
  const queues = await QueueAdministration.open(link);
  const routing = await RoutingStore.open(link);
  const store = await StandingStore.open(link);
  const pools = new ObservedPools();
  const standings = await PoolStandings.load({
    store,
    routing,
    pools,
    configured,
    queued: await queues.pools(),
    generationOf,
    versionsOf,
  });
  const gauges = new QueueGauges(queues, pools, systemClock);
  stack.defer(() => gauges.stop());
  const counted = createControllerMetrics(metrics, {
    pools,
    configured: () =>
      Array.from(standings.desired.values(), ({ pool, enabled }) => ({
        name: pool.name,
        enabled,
        maxProcesses: pool.processModel.maxProcesses,
        minProcesses: pool.processModel.minProcesses,
        queueLength: pool.queueLength,
        concurrency: pool.concurrency,
      })),
    queues: gauges,
    queueBytesMax: (length) => Math.min(length * link.maxPayload, storage.memoryLimit),
    recentFailures: (pool) => controller.recentFailures(pool),
  });
  exportWorkerUsage(metrics, () => pools.workers());
  counted.pools.configure(Array.from(standings.desired.keys()));
  const journal = await EventJournal.open({
    store: await EventStore.open(link),
    clock: systemClock,
    epochNow,
    dropped: () => counted.eventsDropped.add(),
  });
  stack.defer(() => journal.settled(EVENTS_SETTLE_MS));
  const events = new ControllerEvents(log, counted, { epochNow, record: journal.record });

  // 3 runtime
  const runtime = stack.use(await startRuntime(settings, events));

  // 4 queues and routing
  let running: Controller | undefined;
  const signals = new PoolSignals(link);
  const { configuration, retirement, versions } = await startConfiguration(stack, {
    file,
    loaded,
    unfit,
    versionsOf,
    ready: () => link.connected && leadership.leads,
    link,
    accounts,
    queues,
    routing,
    store,
    standings,
    signals,
    pools,
    events,
    clock: systemClock,
    epochNow,
    // Before the loop begins, it looks at everything anyway.
    reconfigured: (names) => running?.reconfigured(names),
  });

  // 5 the loop
  const lifeS = settings.workerTokenLifeMs / 1000;
  const controller = new Controller({
    pools,
    runtime,
    queues,
    standings,
    signals,
    identities: new WorkerIdentities({ trust, accounts, registry, lifeS }),
    events,
    clock: systemClock,
    epochNow,
    wallNow: Date.now,
    connected: () => link.connected,
    leads: () => leadership.leads,
    hostLimits: () => configuration.configuration.host,
    natsUrl: settings.workerNatsUrl ?? settings.natsUrl,
  });
  stack.defer(async () => {
    // Whoever leads now goes on with the workers.
    if (!settings.stopWorkers || leadership.isLost) return controller.stop();
    await controller.stopWithWorkers(cut);
    // All of Penstock stops: its next start is another try for every pool. A controller that is replaced, or
    // dies, leaves the verdicts to its successor.
    await standings
      .forgetVerdicts()
      .catch((thrown: unknown) => events.failed("forgetting the verdicts", thrown));
  });
  process.once("SIGQUIT", () => {
    const killed = controller.ends.killAllNow().then(() => runtime[Symbol.asyncDispose]());
    void killed.finally(() => process.exit(1));
    setTimeout(() => process.exit(1), QUIT_LIMIT_MS);
  });
  leadership.onResume(() => controller.resume());
  void leadership.lost.then((leader) => fail(new LeadershipLost(leader?.admin)));
  await controller.start();
  running = controller;
  const credentials = new CredentialKeeper({
    trust,
    accounts,
    registry,
    link,
    writer,
    events,
    clock: systemClock,
    lifeS,
    ends: controller.ends,
  });
  stack.defer(() => credentials.stop());
  await credentials.start();

  // 6 reloads
  stack.use(watchForReloads(configuration, { file, known, clock: systemClock }));

  // 7 admin port
  await openAdminPorts(stack, settings, {
    tokens,
    metrics,
    unready: () => (link.connected ? undefined : "the broker cannot be reached"),
    status: () =>
      statusReport({
        version,
        configuration: configuration.standing,
        desired: standings.desired,
        rulingOn: (pool) => standings.rulingOn(pool),
        pools,
        queues: gauges,
        heldBy: (pool) => standings.heldBy(pool),
        shortOf: (pool) => controller.shortOf(pool),
        isRetiring: (pool) => retirement.has(pool),
      }),
    operations: controller.operations,
    versions,
    configuration,
    journal,
    credentials,
    operated: events.operated,
    refused: events.adminRefused,
    failed,
  });
  return controller;
}
