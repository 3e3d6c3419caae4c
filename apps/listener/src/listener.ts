// A running listener, put together. Start and stop mirror each other:
//
//   start  1 broker  2 protocol  3 routing  4 operations endpoints  5 traffic ports
//   stop   5 not ready, new requests refused  4 requests in hand finish, ports close  3 routing  2, 1 broker

import { randomInt } from "node:crypto";
import { poolOfCanary, type ReasonPhrase } from "@penstock/domain";
import { systemClock } from "@penstock/foundation";
import { ListenerHttp } from "@penstock/http";
import {
  authenticateWith,
  NatsLink,
  parseCredentials,
  userNameOf,
} from "@penstock/nats-connection";
import {
  JetStreamRequestDispatch,
  ListenerSignals,
  RoutingFeed,
} from "@penstock/nats-request-queue";
import { listenAddress, portFailure, type Log } from "@penstock/process";
import { exportConnection, type Metrics } from "@penstock/process/metrics";
import { Dispatcher, type PoolQueue } from "@penstock/request-queue";
import { CurrentRouting } from "./current-routing.ts";
import { CurrentEdge } from "./edge/current-edge.ts";
import { EdgeEvents } from "./edge/edge-events.ts";
import { ListenerEvents } from "./listener-events.ts";
import { createListenerMetrics } from "./listener-metrics.ts";
import { RequestLogs } from "./logs/request-logs.ts";
import { LoadReporter } from "./load-reporter.ts";
import { matchRequest } from "./match-request.ts";
import { createOperationsServer } from "./operations-server.ts";
import { pathLimits, requestLimits, type ListenerSettings } from "./settings.ts";
import { TrafficServers } from "./traffic-servers.ts";

/** A listener that serves. */
export interface RunningListener {
  /** Ports of the table that could not be opened. */
  readonly failedPorts: readonly number[];
}

/** What a listener is started with. */
export interface ListenerParts {
  readonly settings: ListenerSettings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Aborts when requests in hand must be given up. */
  readonly cut: AbortSignal;
}

/** Starts a listener; its stops are pushed onto `stack`. */
export async function startListener(
  stack: AsyncDisposableStack,
  parts: ListenerParts,
): Promise<RunningListener> {
  const { settings, log, metrics, cut } = parts;
  const credentials = parseCredentials(settings.natsCredentials.reveal());
  const name = userNameOf(credentials);
  const routing = new CurrentRouting(pathLimits(settings));
  let ready = false;

  const counted = createListenerMetrics(metrics, {
    openConnections: () => ({ http1: traffic.connections, http2: traffic.http2Connections }),
    inFlight: function* inFlight() {
      for (const pool of routing.pools())
        yield [pool.name, pool.waiting.size + pool.running.size] as const;
    },
  });
  const edgeEvents = new EdgeEvents(log, metrics);
  const edge = stack.use(new CurrentEdge(edgeEvents, systemClock));
  const requests = stack.use(
    new RequestLogs({
      settings,
      trusts: edge.trusts,
      today: () => new Date(),
      dropped: () => counted.logLinesDropped.add(),
    }),
  );
  if (requests.on) {
    const reopen = (): void => requests.reopen();
    process.on("SIGHUP", reopen);
    stack.defer(() => void process.off("SIGHUP", reopen));
  }
  const events = new ListenerEvents(log, counted, {
    requests,
    loadChanged: (pool) => loads.changed(pool),
    now: () => systemClock.now(),
  });

  // 1 broker
  const link = stack.use(
    await NatsLink.open({
      url: settings.natsUrl,
      name: `listener ${name}`,
      inboxPrefix: `_L.${name}`,
      authenticate: authenticateWith(() => credentials),
      failed: (what, cause) => events.failed(what, cause),
    }),
  );
  exportConnection(metrics, "listener", link);
  link.watch({
    disconnected: () => events.brokerLost(),
    reconnected: (restarted) => events.brokerBack(restarted),
  });
  const signals = new ListenerSignals(link, name);
  const loads = new LoadReporter(
    systemClock,
    () => routing.pools(),
    (load) => signals.sendLoad(load),
  );

  // 2 protocol
  const dispatcher = new Dispatcher({
    transport: new JetStreamRequestDispatch(link, name, setImmediate),
    clock: systemClock,
    defer: setImmediate,
    observer: events,
    // The name may be that of a listener before: its late frames must not meet a number of ours.
    firstExchange: randomInt(2 ** 32),
  });
  const http = new ListenerHttp({
    listener: name,
    dispatcher,
    match: matchRequest(routing),
    observer: events,
    limits: requestLimits(settings),
    timeouts: settings,
    clock: systemClock,
    trusts: edge.trusts,
    now: () => performance.now(),
    random: Math.random,
  });
  stack.use(http.watch);
  const traffic = new TrafficServers({
    address: settings.bind,
    handler: http,
    refuse: (request, response, reason) => http.refuse(request, response, reason),
    edge,
    edgeEvents,
    events,
    clock: systemClock,
  });

  // 3 routing
  /** What waits for a canary may be served by its pool. */
  const refuseWaiting = (pool: PoolQueue, reason: ReasonPhrase, detail: string): void => {
    const stable = routing.pool(poolOfCanary(pool.name) ?? "");
    if (stable) dispatcher.moveWaiting(pool, stable);
    dispatcher.refuseWaiting(pool, reason, detail);
  };
  signals.onPoolEvent((pool, event) => {
    if (event.kind === "workerLost") {
      dispatcher.workerEnded(pool, event.worker, event.detail);
      return;
    }
    const queue = routing.pool(pool);
    if (queue) refuseWaiting(queue, "StartupTimeout", "");
  });
  stack.use(
    await RoutingFeed.follow(link, {
      table: (record) => {
        routing.replace(record);
        edge.use(record.edge);
        counted.pools.configure(Array.from(routing.pools(), (pool) => pool.name));
        events.routed(
          record.pools.length,
          routing.ports.map(({ port }) => port),
        );
        if (ready) void traffic.follow(routing.ports);
      },
      state: (poolName, state) => {
        const pool = routing.setState(poolName, state);
        if (!pool) return;
        const detail = "detail" in state ? state.detail : "";
        events.poolState(poolName, state.state, detail);
        if (state.state === "offline") refuseWaiting(pool, "AppOffline", detail);
        if (state.state === "disabled") refuseWaiting(pool, "Disabled", detail);
      },
      failed: (what, cause) => events.failed(what, cause),
    }),
  );

  // 4 operations endpoints
  const operations = createOperationsServer(metrics, () => {
    if (!ready) return "the listener is starting or stopping";
    return link.connected ? undefined : "the broker cannot be reached";
  });
  stack.defer(() => operations.close());
  const at = listenAddress(settings.operationsListen);
  await operations.listen(at).catch((cause: unknown) => {
    throw portFailure(at, cause, "name another with --operations-listen");
  });

  // 5 traffic ports
  stack.use(traffic);
  stack.defer(async () => {
    ready = false;
    cut.addEventListener("abort", () => {
      dispatcher.abort();
      traffic.destroyConnections();
    });
    await dispatcher.drain();
  });
  await traffic.follow(routing.ports);
  ready = true;
  loads.reportAll();
  return {
    failedPorts: routing.ports
      .filter(({ port }) => !traffic.ports.includes(port))
      .map(({ port }) => port),
  };
}
