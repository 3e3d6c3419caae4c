// A small Penstock under attack: two pools with requests that wait, two listeners, workers, the controller
// and a metrics user, each of which notes whatever reaches it. An attack counts as harmless when nothing of
// anybody else changed: streams, consumers, messages, buckets, accounts, and what the others received.

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { authenticateWith, type Credentials, type NatsLink } from "@penstock/nats-connection";
import { SHARED_ACCOUNTS } from "../topology.ts";
import { issueCredentials, issueWorkerCredentials } from "../user-credentials.ts";
import { linkOf, nextReconnect, startTestBroker, type TestBroker } from "./broker.ts";
import { poolOf, provisionPool } from "./pool.ts";

/** How long an effect may take to show, milliseconds. On a quiet loopback it takes less than one. */
const SETTLE_MS = 10;

/** What came of an attack. */
export interface Outcome {
  /** What the attacker was told: permission violations, refusals, a closed connection. */
  readonly denials: readonly string[];
  /** What changed for anybody else. */
  readonly effects: readonly string[];
  /** What others of the attacker's own account received: workers of its pool, or other listeners. */
  readonly ownAccount: readonly string[];
}

/** An account that somebody is in, as far as this world knows them. */
export type Place = "alpha" | "beta" | "EDGE" | "OPS" | "QUEUES" | "SYS";

/** Who attacks. */
export interface Attacker {
  readonly credentials: Credentials;
  readonly inboxPrefix: string;
  readonly place: Place;
}

/** A connection in the attacker's hands: the bare client, without Penstock's manners. */
export type Attack = (connection: NatsConnection) => unknown;

/** Counts of one suite. */
class Tally {
  attempts = 0;
  denied = 0;
  effects = 0;

  /** `attempts` of one attack that were made together. */
  add({ denials, effects }: Outcome, attempts = 1): void {
    this.attempts += attempts;
    if (denials.length > 0) this.denied += attempts;
    if (effects.length > 0) this.effects++;
  }

  toString(): string {
    return `${this.attempts} attempts / ${this.denied} denied / ${this.effects} effects`;
  }
}

/** The world. */
export class HostileWorld implements AsyncDisposable {
  readonly broker: TestBroker;
  readonly tally = new Tally();
  readonly #stack: AsyncDisposableStack;
  readonly #manager: JetStreamManager;
  readonly #links: NatsLink[] = [];
  #seen: { readonly place: Place; readonly what: string }[] = [];

  private constructor(broker: TestBroker, stack: AsyncDisposableStack, manager: JetStreamManager) {
    this.broker = broker;
    this.#stack = stack;
    this.#manager = manager;
  }

  /** Pools `alpha`, where the attacker is, and `beta`; workers a2, b1; listeners l1, l2; metrics m1. */
  static async start(): Promise<HostileWorld> {
    const stack = new AsyncDisposableStack();
    const broker = stack.use(await startTestBroker());
    const manager = await jetstreamManager(broker.controller.connection, { checkAPI: false });
    const world = new HostileWorld(broker, stack, manager);
    await provisionPool(broker, "alpha");
    await provisionPool(broker, "beta");
    await broker.routing.publishTable([poolOf("alpha"), poolOf("beta")]);
    await broker.routing.publishState("beta", { state: "started" });

    for (const name of ["l1", "l2"]) {
      await world.#witness(name, "EDGE", world.listener(name), [
        `_L.${name}.>`,
        `resp.*.${name}.*`,
        `out.${name}.*`,
        "evt.*",
        "$KV.penstock_routing.>",
      ]);
    }
    await world.#witness("b1", "beta", world.worker("b1", "beta"), subjectsOfWorker("b1", "beta"));
    await world.#witness("a2", "alpha", world.worker("a2"), subjectsOfWorker("a2", "alpha"));
    await world.#witness("m1", "OPS", world.operations("m1"), ["_M.m1.>"]);
    for (const subject of ["_C.x.>", "demand.*.*", "wrk.*.*", "load.*"])
      broker.controller.subscribe(subject, (message) =>
        world.#saw("QUEUES", `controller received ${message.subject}`),
      );
    broker.sys.subscribe("_A.x.>", ({ subject }) => world.#saw("SYS", `SYS received ${subject}`));
    await world.fill();
    return world;
  }

  /** Credentials of a worker of a pool. */
  worker(id = "a1", pool = "alpha"): Credentials {
    return issueWorkerCredentials(this.broker.trust, { pool, id, lifeS: 600 }).credentials;
  }

  /** Credentials of a listener. */
  listener(name: string): Credentials {
    return issueCredentials(this.broker.trust, "listener", { name }).credentials;
  }

  /** Credentials of the command line. */
  operations(name: string): Credentials {
    return issueCredentials(this.broker.trust, "operations", { name }).credentials;
  }

  /** Puts requests into both queues, as listener l2 would. */
  async fill(): Promise<void> {
    await this.enqueue("alpha", 3);
    await this.enqueue("beta", 3);
  }

  /** Puts requests into a queue. When it resolves, they are there. */
  async enqueue(pool: string, count: number): Promise<void> {
    const [, second] = this.#links;
    for (let i = 0; i < count; i++)
      await second?.connection.request(`req.${pool}.l2`, `request ${i}`, { timeout: 2000 });
    await this.#settle();
  }

  /** Restarts the broker, and resolves when everybody has noticed. */
  async restartBroker(): Promise<void> {
    const back = Promise.all(this.#links.map(nextReconnect));
    await this.broker.restart();
    await back;
  }

  /** The attacker's own connection: no reconnect, so that a closed one stays closed. */
  connect(credentials: Credentials, inboxPrefix: string): Promise<NatsConnection> {
    return connect({
      servers: this.broker.url,
      name: "attacker",
      authenticator: authenticateWith(() => credentials),
      inboxPrefix,
      reconnect: false,
      timeout: 2000,
    });
  }

  /**
   * Runs an attack on a connection of its own, and says what came of it. `attempts` are made together;
   * `ownRight` is what the attacker may do anyway.
   */
  async attempt(
    { credentials, inboxPrefix, place }: Attacker,
    attack: Attack,
    attempts = 1,
    ownRight = /^$/,
  ): Promise<Outcome> {
    const connection = await this.connect(credentials, inboxPrefix);
    const denials: string[] = [];
    void this.#listenForDenials(connection, denials);
    const seen = await this.watch(place, denials, async () => {
      try {
        await attack(connection);
        if (!connection.isClosed()) await connection.flush();
      } catch (thrown) {
        denials.push(String(thrown));
      }
      await sleep(SETTLE_MS);
      if (connection.isClosed()) denials.push("connection closed");
      else await connection.close();
    });
    const effects = seen.effects.filter((effect) => !ownRight.test(effect));
    const outcome = { ...seen, effects };
    this.tally.add(outcome, attempts);
    return outcome;
  }

  /** Runs something and says what changed for others. */
  async watch(place: Place, denials: string[], run: () => Promise<void>): Promise<Outcome> {
    this.#seen = [];
    const before = await this.#snapshot();
    await run();
    await this.#settle();
    const afterwards = await this.#snapshot();
    const seen = (own: boolean): string[] =>
      this.#seen.filter((sight) => (sight.place === place) === own).map(({ what }) => what);
    const effects = [...differences(before, afterwards), ...seen(false)];
    return { denials, effects, ownAccount: seen(true) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #witness(
    party: string,
    place: Place,
    credentials: Credentials,
    subjects: readonly string[],
  ): Promise<void> {
    // The first of its subjects is its inbox: what the client itself asks for comes below `own`.
    const inboxPrefix = subjects[0]?.replace(/\.>$/, "") ?? "";
    const saw = (what: string): void => this.#saw(place, what);
    const link = this.#stack.use(
      await linkOf(this.broker.url, credentials, {
        name: party,
        inboxPrefix: `${inboxPrefix}.own`,
        failed: (what, cause) => saw(`${party} failed: ${what} ${String(cause)}`),
      }),
    );
    for (const subject of subjects)
      link.subscribe(subject, (message) => {
        if (!message.subject.startsWith(`${inboxPrefix}.own.`))
          saw(`${party} received ${message.subject}`);
      });
    await link.connection.flush();
    this.#links.push(link);
  }

  #saw(place: Place, what: string): void {
    this.#seen.push({ place, what });
  }

  async #listenForDenials(connection: NatsConnection, denials: string[]): Promise<void> {
    for await (const status of connection.status())
      if (status.type === "error") denials.push(status.error.message);
  }

  async #settle(): Promise<void> {
    await sleep(SETTLE_MS);
    await this.broker.controller.connection.flush();
    await Promise.all(this.#links.map((link) => link.connection.flush()));
  }

  /** Everything that stands at the broker. Of the attacker's own queue only what its workers have no right to change. */
  async #snapshot(): Promise<Map<string, string>> {
    const facts = new Map<string, string>();
    for await (const { config, state } of this.#manager.streams.list()) {
      const { name } = config;
      facts.set(`configuration of ${name}`, JSON.stringify(config));
      const own = name === "REQ_alpha";
      const { messages, first_seq, last_seq, num_deleted } = state;
      facts.set(
        `messages of ${name}`,
        own ? `last ${last_seq}` : JSON.stringify({ messages, first_seq, last_seq, num_deleted }),
      );
      for await (const consumer of this.#manager.consumers.list(name)) {
        const { delivered, ack_floor, num_ack_pending, num_pending, num_waiting } = consumer;
        facts.set(`consumer ${consumer.name} of ${name}`, JSON.stringify(consumer.config));
        const position = [delivered.stream_seq, ack_floor.stream_seq];
        const counts = [num_ack_pending, num_pending, num_waiting ?? 0];
        if (!own) facts.set(`position of ${name}`, [...position, ...counts].join(" "));
      }
    }
    const { trust } = this.broker;
    const accounts = [
      ...SHARED_ACCOUNTS.map((account) => [account, trust.id(account)] as const),
      ...["alpha", "beta"].map((pool) => [pool, trust.pools.of(pool).id] as const),
    ];
    const tokens = await Promise.all(accounts.map(([, id]) => this.#account(id)));
    for (const [index, [name]] of accounts.entries())
      facts.set(`account ${name}`, tokens[index] ?? "");
    return facts;
  }

  async #account(id: string): Promise<string> {
    const subject = `$SYS.REQ.ACCOUNT.${id}.CLAIMS.LOOKUP`;
    const token = await this.broker.sys.connection.request(subject, "", { timeout: 2000 });
    return createHash("sha256").update(token.data).digest("hex");
  }
}

function subjectsOfWorker(id: string, pool: Place): string[] {
  return [`_W.${id}.>`, `ctl.${pool}.${id}`, `cred.${pool}.${id}`, `ask.${pool}.${id}`];
}

function differences(before: Map<string, string>, afterwards: Map<string, string>): string[] {
  const names = new Set([...before.keys(), ...afterwards.keys()]);
  return Array.from(names)
    .filter((name) => before.get(name) !== afterwards.get(name))
    .map(
      (name) => `${name}: ${before.get(name) ?? "nothing"} -> ${afterwards.get(name) ?? "gone"}`,
    );
}
