// Everything that can happen at a listener: each event moves its metric and, when it is worth a line,
// writes one. Requests that go well write nothing.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import {
  connectionState,
  type ConnectionExpiry,
  type HttpExchange,
  type HttpObserver,
} from "@penstock/http";
import type { DispatchObserver, LeavePhase, PoolQueue, TunnelEnd } from "@penstock/request-queue";
import type { Log } from "@penstock/process";
import type { ListenerMetrics } from "./listener-metrics.ts";
import type { RequestLogs } from "./logs/request-logs.ts";
import { LogThrottle } from "./log-throttle.ts";

/** Reasons that say something about the client or its request, not about Penstock: not worth a warning. */
const CLIENTS_OWN = new Set<ReasonPhrase>([
  "Client_Reset",
  "Hostname",
  "NotFound",
  "URL",
  "BadRequest",
  "EntityTooLarge",
  "FieldLength",
  "Header",
  "LengthRequired",
  "Timer_EntityBody",
  "Timer_HeaderWait",
  "URL_Length",
  "Verb",
  "Version_N/S",
]);

/** What {@link ListenerEvents} needs besides log and metrics. */
export interface ListenerEventsParts {
  readonly requests: RequestLogs;
  /** A pool's numbers of waiting or running requests changed. */
  readonly loadChanged: (pool: PoolQueue) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Counts and logs what happens. */
export class ListenerEvents implements DispatchObserver, HttpObserver {
  readonly #log: Log;
  readonly #metrics: ListenerMetrics;
  readonly #loadChanged: (pool: PoolQueue) => void;

  readonly #requests: RequestLogs;
  readonly #throttle: LogThrottle;

  constructor(log: Log, metrics: ListenerMetrics, parts: ListenerEventsParts) {
    this.#requests = parts.requests;
    this.#throttle = new LogThrottle(parts.now);
    this.#log = log;
    this.#metrics = metrics;
    this.#loadChanged = parts.loadChanged;
  }

  // ---- requests

  enqueued(pool: PoolQueue): void {
    this.#metrics.pools.of(pool.name).enqueued.add();
  }

  received(pool: PoolQueue, bytes: number): void {
    this.#metrics.pools.of(pool.name).received.add(bytes);
  }

  sent(pool: PoolQueue, bytes: number): void {
    this.#metrics.pools.of(pool.name).sent.add(bytes);
  }

  left(pool: PoolQueue, phase: LeavePhase): void {
    this.#metrics.pools.of(pool.name).disconnects(phase).add();
  }

  claimed(pool: PoolQueue, waitedMs: number): void {
    const series = this.#metrics.pools.of(pool.name);
    series.wait.observe(waitedMs / 1000);
    series.dequeued.add();
  }

  answered(exchange: HttpExchange, status: number, tookMs: number): void {
    const series = this.#metrics.pools.of(exchange.pool.name);
    series.requests(exchange.request.method ?? "", status).add();
    series.duration(status).observe(tookMs / 1000);
    this.#requests.ended(exchange, status, tookMs);
  }

  rejected(pool: PoolQueue, reason: ReasonPhrase, detail: string): void {
    this.#metrics.pools.of(pool.name).rejections(reason).add();
    const clients = CLIENTS_OWN.has(reason);
    if (clients && !this.#log.isLevelEnabled("debug")) return;
    const count = this.#throttle.admit(`${reason} ${pool.name}`);
    if (count === 0) return;
    const facts = {
      event: "request.refused",
      pool: pool.name,
      reason,
      count,
      ...(detail && { detail }),
    };
    const sentence = `refused ${requests(count)} of pool ${pool.name}: ${reason}`;
    if (clients) this.#log.debug(facts, sentence);
    else this.#log.warn(facts, sentence);
  }

  unmatched(reason: ReasonPhrase, socket: Socket, request?: IncomingMessage): void {
    this.#metrics.unmatched(reason).add();
    this.#requests.refused(reason, reasons[reason].status, { socket, ...(request && { request }) });
    this.#log.debug(
      { event: "request.unmatched", reason, ...(request && { method: request.method }) },
      `refused: ${reason}`,
    );
  }

  abandoned(exchange: HttpExchange, tookMs: number): void {
    this.#requests.ended(exchange, reasons.Client_Reset.status, tookMs);
  }

  timedOut(expiry: ConnectionExpiry, socket: Socket, exchange: HttpExchange | undefined): void {
    const { group } = exchange ?? connectionState(socket);
    const pool = group?.pool.name ?? "";
    // A header that is refused, and a request that ends by it, have lines of their own.
    const told = expiry === "Timer_HeaderWait" || (exchange && exchange.state !== "done");
    if (!told) this.#requests.closed(expiry, socket, pool);
    this.#metrics.timeouts(expiry, pool).add();
    if (!this.#log.isLevelEnabled("debug")) return;
    const count = this.#throttle.admit(`${expiry} ${pool}`);
    if (count === 0) return;
    this.#log.debug(
      { event: "connection.timed_out", pool, reason: expiry, count },
      `a time limit of ${count === 1 ? "a connection" : `${count} connections`} passed: ${expiry}`,
    );
  }

  redispatched(pool: PoolQueue, detail: string): void {
    this.#metrics.pools.of(pool.name).redeliveries.add();
    const count = this.#throttle.admit(`redispatched ${pool.name}`);
    if (count === 0) return;
    this.#log.warn(
      { event: "request.redispatched", pool: pool.name, count, detail },
      `${requests(count)} of pool ${pool.name} sent out again: ${detail}`,
    );
  }

  brokenOff(pool: PoolQueue, detail: string): void {
    this.#metrics.pools.of(pool.name).brokenOff.add();
    const count = this.#throttle.admit(`broken off ${pool.name}`);
    if (count === 0) return;
    this.#log.warn(
      { event: "answer.broken_off", pool: pool.name, count, detail },
      `${count === 1 ? "an answer" : `${count} answers`} of pool ${pool.name} broke off: ${detail}`,
    );
  }

  tunnelOpened(pool: PoolQueue): void {
    this.#metrics.pools.of(pool.name).tunnels.open++;
  }

  tunnelClosed(pool: PoolQueue, end: TunnelEnd, detail: string): void {
    const series = this.#metrics.pools.of(pool.name);
    series.tunnels.open--;
    series.tunnelEnds(end).add();
    if (detail === "") return;
    const count = this.#throttle.admit(`tunnel closed ${pool.name}`);
    if (count === 0) return;
    this.#log.info(
      { event: "tunnel.closed", pool: pool.name, end, count, detail },
      `${count === 1 ? "a tunnel" : `${count} tunnels`} of pool ${pool.name} closed: ${detail}`,
    );
  }

  tunnelled(pool: PoolQueue, direction: "received" | "sent", bytes: number): void {
    this.#metrics.pools.of(pool.name).tunnelBytes(direction).add(bytes);
  }

  loadChanged(pool: PoolQueue): void {
    this.#loadChanged(pool);
  }

  ignored(pool: string): void {
    this.#metrics.pools.of(pool).ignoredFrames.add();
  }

  misbehaved(pool: string, worker: string, what: string): void {
    this.#metrics.pools.of(pool).misbehaviours.add();
    const count = this.#throttle.admit(`misbehaved ${pool}`);
    if (count === 0) return;
    this.#log.warn(
      { event: "worker.misbehaved", pool, worker, what, count },
      `worker ${worker} sent ${what}`,
    );
  }

  // ---- the listener itself

  routed(pools: number, ports: readonly number[]): void {
    this.#log.info(
      { event: "routing.changed", pools, ports },
      `routing ${pools} pools on port ${ports.join(", ")}`,
    );
  }

  poolState(pool: string, state: string, detail: string): void {
    this.#log.info(
      { event: "pool.state", pool, state, ...(detail && { detail }) },
      `pool ${pool} is ${state}`,
    );
  }

  opened(address: string, port: number): void {
    this.#log.info({ event: "port.opened", address, port }, `listening on ${address}:${port}`);
  }

  notOpened(port: number, what: string, remedy: string): void {
    this.#log.error({ event: "port.not_opened", port, remedy }, `${what} ${remedy}`);
  }

  brokerLost(): void {
    this.#log.warn({ event: "broker.lost" }, "the broker cannot be reached: requests wait");
  }

  brokerBack(restarted: boolean): void {
    this.#log.info({ event: "broker.back", restarted }, "the broker is back");
  }

  failed(what: string, cause: unknown): void {
    this.#log.error({ event: "listener.failed", what, err: cause }, `${what} failed`);
  }
}

function requests(count: number): string {
  return count === 1 ? "a request" : `${count} requests`;
}
