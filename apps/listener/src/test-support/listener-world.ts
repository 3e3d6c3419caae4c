// A real listener on a real broker with accounts, its traffic and operations ports open, and the workers of
// its pools played by tests: one hostile, one honest.

import assert from "node:assert/strict";
import { httpSysLimits, type ConnectionExpiry } from "@penstock/http";
import {
  httpSysUrlGroup,
  plainEdge,
  withCanary,
  type Canary,
  type ReasonPhrase,
  type UrlGroupLimits,
  type UrlScheme,
} from "@penstock/domain";
import { createLog, Secret } from "@penstock/process";
import { Metrics } from "@penstock/process/metrics";
import { aPool, freePorts, untilWithin, type PoolChanges } from "@penstock/testing";
import { givenCertificateFiles } from "../edge/test-support/given-edge.ts";
import { startListener } from "../listener.ts";
import type { ListenerSettings } from "../settings.ts";
import { ask, type Asked, type AskOptions } from "./http-client.ts";
import { HonestWorker } from "./honest-worker.ts";
import { HostileWorker, type About } from "./hostile-worker.ts";
import { OperatorBroker } from "@penstock/operator-broker";

/** How long a listener's stop waits for what is in hand, milliseconds. */
const GIVE_UP_MS = 300;

/** The pools of every world. */
const POOLS = ["shop", "blog"] as const;

/** What canaries run: nobody starts it. */
const SECOND = { kind: "command", command: ["second"] } as const;

/** What is counted: mostly what a worker should not have done. */
export type Counted =
  "misbehaviours" | "ignored" | "broken off" | "bad gateway" | "in flight" | "claimed";

const SERIES: Readonly<Record<Counted, (pool: string) => string>> = {
  misbehaviours: (pool) => `penstock_worker_misbehaviours_total{pool="${pool}"}`,
  ignored: (pool) => `penstock_worker_frames_ignored_total{pool="${pool}"}`,
  "broken off": (pool) => `penstock_http_answers_broken_off_total{pool="${pool}"}`,
  "bad gateway": (pool) =>
    `penstock_http_rejections_total{pool="${pool}",reason="BadGatewayResponse"}`,
  claimed: (pool) => `penstock_queue_dequeued_total{pool="${pool}"}`,
  "in flight": (pool) => `penstock_http_requests_in_flight{pool="${pool}"}`,
};

/** What differs from the defaults. */
interface WorldChanges {
  readonly limits?: Partial<UrlGroupLimits>;
  /** Of pool shop; how it is divided. */
  readonly canary?: Pick<Canary, "weight" | "sticky">;
  readonly settings?: Partial<ListenerSettings>;
  /** Of every pool. */
  readonly pool?: PoolChanges;
  /** How its pools are reached. */
  readonly scheme?: UrlScheme;
}

interface Ports {
  readonly traffic: number;
  readonly operations: number;
}

/** A listener and its broker. */
export class ListenerWorld implements AsyncDisposable {
  readonly broker: OperatorBroker;
  /** For what is counted until its end; otherwise it is asked at its port. */
  readonly metrics: Metrics;
  readonly #stack: AsyncDisposableStack;
  readonly #address: string;
  readonly #port: number;
  readonly #operationsPort: number;
  #workers = 0;

  private constructor(
    broker: OperatorBroker,
    stack: AsyncDisposableStack,
    { address, ports, metrics }: { address: string; ports: Ports; metrics: Metrics },
  ) {
    this.broker = broker;
    this.metrics = metrics;
    this.#stack = stack;
    this.#address = address;
    this.#port = ports.traffic;
    this.#operationsPort = ports.operations;
  }

  /** With other limits of the pools' own URL groups, and other settings, if given. */
  static async start({
    limits,
    canary,
    settings,
    pool,
    scheme = "http",
  }: WorldChanges = {}): Promise<ListenerWorld> {
    await using stack = new AsyncDisposableStack();
    const [traffic = 0, operations = 0] = await freePorts(2);
    const pools = POOLS.map((name) => {
      const urls = [`${scheme}://+:${traffic}/${name}/`];
      return aPool({
        name,
        urls,
        urlGroups: [{ name, urls, ...httpSysUrlGroup, ...limits }],
        queueTimeoutMs: 60_000,
        concurrency: 8,
        ...pool,
        ...(canary && name === "shop" && { canary: { ...canary, application: SECOND } }),
      });
    });
    const certificates = scheme === "https" ? [givenCertificateFiles("shop.example")] : [];
    const edge = { ...plainEdge, certificates };
    const broker = stack.use(await OperatorBroker.start(pools.flatMap(withCanary), edge));
    const ports = { traffic, operations };
    const address = "127.0.0.1";
    const metrics = await listen(stack, broker, { name: "first", address, ports }, settings);
    return new ListenerWorld(broker, stack.move(), { address, ports, metrics });
  }

  /** The port on which its pools are reached. */
  get trafficPort(): number {
    return this.#port;
  }

  /** Asks the listener. */
  ask(path: string, options: AskOptions = {}): Asked {
    return ask(`http://${this.#address}:${this.#port}${path}`, options);
  }

  /** Another listener of the same Penstock, as on another machine: at another address of this one. */
  async secondListener(): Promise<ListenerWorld> {
    await using stack = new AsyncDisposableStack();
    const [operations = 0] = await freePorts(1);
    const ports = { traffic: this.#port, operations };
    const address = "127.0.0.2";
    const metrics = await listen(stack, this.broker, { name: "second", address, ports });
    return new ListenerWorld(this.broker, stack.move(), { address, ports, metrics });
  }

  hostile(pool: string): Promise<HostileWorker> {
    return HostileWorker.start(this.broker, pool, `${pool}-hostile-${++this.#workers}`);
  }

  /** `slots`: requests that it takes at once. */
  honest(pool: string, slots = 1): Promise<HonestWorker> {
    const id = `${pool}-honest-${++this.#workers}`;
    return HonestWorker.start(this.broker, { pool, id, slots });
  }

  /** A pool's number of these. */
  count(counted: Counted, pool = "shop"): Promise<number> {
    return this.#value(SERIES[counted](pool));
  }

  /** How many requests of a pool ("": of none) were refused for this reason. */
  rejections(reason: ReasonPhrase, pool: string): Promise<number> {
    return this.#value(`penstock_http_rejections_total{pool="${pool}",reason="${reason}"}`);
  }

  /** How many requests were refused for this reason, whosever they were. */
  async refused(reason: ReasonPhrase): Promise<number> {
    const series = /^penstock_http_rejections_total\{.*reason="(.*)"\} (\d+)$/gm;
    let sum = 0;
    for (const [, named, value] of (await this.#text()).matchAll(series))
      if (named === reason) sum += Number(value);
    return sum;
  }

  /** How often a time limit passed on connections of a pool ("": of none). */
  timeouts(expiry: ConnectionExpiry, pool: string): Promise<number> {
    return this.#value(`penstock_http_timeouts_total{pool="${pool}",reason="${expiry}"}`);
  }

  async #text(): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.#operationsPort}/metrics`);
    assert.equal(answer.status, 200);
    return await answer.text();
  }

  async #value(series: string): Promise<number> {
    const line = (await this.#text()).split("\n").find((each) => each.startsWith(`${series} `));
    assert(line, `there is a series ${series}`);
    return Number(line.slice(series.length + 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** A hostile worker that holds a request, beside an honest one that holds another. */
export interface Scene {
  readonly world: ListenerWorld;
  readonly hostile: HostileWorker;
  /** What the hostile worker holds. */
  readonly victim: Asked;
  readonly held: About;
  /** The number of the honest worker's request, which a hostile one can work out from its own. */
  readonly foreign: number;
}

/** Bytes that nobody makes up by chance. */
const CONTROL_ANSWER = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) % 251));

/**
 * Sets the scene, has the attack made, and proves that nobody else noticed: the honest worker's request, in
 * flight meanwhile, is answered with its exact bytes, and so is one that comes afterwards.
 */
export async function withScene(
  world: ListenerWorld,
  attack: (scene: Scene) => Promise<void>,
  asked: AskOptions = { body: "a body" },
): Promise<void> {
  const claimed = await world.count("claimed");
  await using hostile = await world.hostile("shop");
  hostile.pull();
  await hostile.flush();
  const victim = world.ask("/shop/victim", asked);
  await until("the hostile worker has a request", () => hostile.taken.length === 1);
  const [taken] = hostile.taken;
  assert(taken);
  hostile.claim(taken);
  await until("it was granted", () => hostile.heard.includes("grant"));
  await hostile.stopPulling();
  await using honest = await world.honest("shop");
  const control = world.ask("/shop/control", { body: "the control's body" });
  const { runs } = honest.application;
  await until("the honest worker has the other", () => runs.length === 1);
  // While it waits, any worker of its pool may claim it: see docs/security.md.
  await until("its claim is known", async () => (await world.count("claimed")) === claimed + 2);
  const held = hostile.about(taken);

  await attack({ world, hostile, victim, held, foreign: (held.exchange + 1) >>> 0 });
  await hostile.flush();

  const [run] = runs;
  assert(run);
  assert.equal(run.cancelled, false);
  assert.equal(run.received.toString(), "the control's body");
  const head = { status: 200, statusMessage: "OK", rawHeaders: ["X-Control", "1"] };
  run.exchange.respond(head, CONTROL_ANSWER, true);
  const answer = await control.outcome;
  assert.deepEqual([answer.status, answer.cut], [200, false]);
  assert.ok(answer.fields.join().includes("X-Control,1"));
  assert.ok(answer.body.equals(CONTROL_ANSWER), "the control request has its exact bytes");

  honest.application.behave = (next) => next.answer();
  const after = await world.ask("/shop/after").outcome;
  assert.deepEqual([after.status, after.body.toString()], [200, "/shop/after"]);
  victim.leave();
}

/** Waits until something holds. */
export const until = untilWithin(10_000);

/** Starts a listener whose log nobody reads. */
async function listen(
  stack: AsyncDisposableStack,
  broker: OperatorBroker,
  { name, address, ports }: { name: string; address: string; ports: Ports },
  changes: Partial<ListenerSettings> = {},
): Promise<Metrics> {
  const metrics = new Metrics();
  const cut = new AbortController();
  const destination = { write: () => {}, flush: () => {} };
  await startListener(stack, {
    settings: {
      natsUrl: broker.url,
      natsCredentials: new Secret(broker.listenerCredentials(name)),
      bind: address,
      operationsListen: `127.0.0.1:${ports.operations}`,
      shutdownLimitMs: 1000,
      ...httpSysLimits,
      accessLog: undefined,
      accessLogFormat: "json",
      httpErrorLog: undefined,
      headerWaitMs: 120_000,
      idleConnectionMs: 120_000,
      ...changes,
      logLevel: "error",
    },
    log: createLog({ component: "listener", level: "error", destination }),
    metrics,
    cut: cut.signal,
  });
  // A test that failed has left something in hand.
  stack.defer(() => void setTimeout(() => cut.abort(), GIVE_UP_MS));
  return metrics;
}
