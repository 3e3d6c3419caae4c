// One connection to the broker, with what the client's status stream says turned into two calls. Every
// subscription goes through here, because an exception in a callback would end the client's read loop:
// no message, however odd, may do that.

import { describeError, ServiceError } from "@penstock/foundation";
import type { ConnectionOptions, Msg, NatsConnection } from "@nats-io/transport-node";
import type { Authenticate } from "./credentials.ts";
import { connect } from "./framing-transport.ts";
import { beginTakeover, completeTakeover, type Takeover } from "./link-takeover.ts";
import { MovingSubscription } from "./moving-subscription.ts";

/** Oldest nats-server that Penstock runs on: consumers, direct get of several keys and TTLs need it. */
export const NATS_SERVER_MINIMUM = "2.11.0";

/** How to reach the broker. */
export interface NatsLinkOptions {
  /** `nats://host:port`, several separated by commas. */
  readonly url: string;
  /** The connection's name in the broker's monitoring: `listener abc`. */
  readonly name: string;
  /** Subject prefix of replies to this connection's requests. */
  readonly inboxPrefix: string;
  /** Who this is. Without it the connection shows nothing, which only a broker without accounts accepts. */
  readonly authenticate?: Authenticate;
  /** Called with what went wrong and did not end the connection. */
  readonly failed: (what: string, cause: unknown) => void;
  /** How long the broker may take to accept a connection, milliseconds; 5 s where nothing is said. */
  readonly connectLimitMs?: number;
}

/** Called when the connection breaks and when it is back, and around a {@link NatsLink.renew}. */
export interface NatsLinkWatcher {
  disconnected(): void;
  /** `brokerRestarted`: the server process is not the one of before; memory streams are gone. */
  reconnected(brokerRestarted: boolean): void;
  /** The connection is about to be replaced, once this resolves: what belongs to it has to end. */
  moving?(): Promise<void>;
  /** It was replaced, or stays after all. */
  moved?(): void;
}

/** Messages of one subject. */
export interface NatsSubscription {
  /** At once: what the broker sent and this process has not seen is lost. */
  end(): void;
  /** Resolves when all that the broker sent was received and nothing follows. Never rejects. */
  drain(): Promise<void>;
}

/** A message that waits for a connection that takes over. */
interface HeldMessage {
  readonly subject: string;
  readonly payload: Uint8Array | string;
  readonly reply: string;
}

/** An open connection. Reconnects by itself until it is disposed of. */
export class NatsLink implements AsyncDisposable {
  readonly #options: NatsLinkOptions;
  readonly #watchers: NatsLinkWatcher[] = [];
  readonly #subscriptions = new Set<MovingSubscription>();
  #connection: NatsConnection;
  /** Where new subscriptions go: the connection that takes over, while one does. */
  #subscribing: NatsConnection;
  #held: HeldMessage[] | undefined;
  #renewal: Promise<void> | undefined;
  /** Settles when subscriptions are at one connection again. */
  #moving: Promise<void> | undefined;
  #connected = true;
  #serverId: string | undefined;

  private constructor(connection: NatsConnection, options: NatsLinkOptions) {
    this.#connection = connection;
    this.#subscribing = connection;
    this.#options = options;
    this.#serverId = connection.info?.server_id;
    void this.#follow(connection);
  }

  /** Connects, and refuses a server that is too old. Throws ServiceError NATS_UNREACHABLE or NATS_SERVER_TOO_OLD. */
  static async open(options: NatsLinkOptions): Promise<NatsLink> {
    const connection = await dial(options);
    const version = connection.info?.version ?? "0";
    if (olderThan(version, NATS_SERVER_MINIMUM)) {
      await connection.close();
      throw new ServiceError(
        `nats-server at ${options.url} is ${version}; Penstock needs ${NATS_SERVER_MINIMUM} or newer`,
        {
          code: "NATS_SERVER_TOO_OLD",
          remedy: "Update that server, or leave --nats away to let Penstock bring its own.",
        },
      );
    }
    return new NatsLink(connection, options);
  }

  /** The client's connection. Another one after {@link renew}: not to be kept. */
  get connection(): NatsConnection {
    return this.#connection;
  }

  /** False from the moment a break was noticed until the connection is back. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Largest message that this broker takes, bytes. */
  get maxPayload(): number {
    return this.#connection.info?.max_payload ?? 1024 * 1024;
  }

  /** Time that the broker takes to answer a ping, milliseconds. Rejects when the connection breaks meanwhile. */
  roundTripMs(): Promise<number> {
    return this.connection.rtt();
  }

  watch(watcher: NatsLinkWatcher): void {
    this.#watchers.push(watcher);
  }

  /**
   * Replaces the connection by one that shows what `authenticate` gives now. Subscriptions and messages of
   * this link notice nothing; what was subscribed past it, at the client's connection, ends. Without effect
   * while the connection is broken: it comes back with the new credentials anyway. Rejects, and leaves all as
   * it was, when the broker refuses them or the connection is too busy.
   */
  renew(): Promise<void> {
    this.#renewal ??= this.#takeOver().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  /**
   * Publishes. While the connection is broken the message is lost: the client would keep some of them and
   * send them to a broker that may not be the one of before. What cannot be sent is reported, not thrown.
   */
  publish(subject: string, payload: Uint8Array | string, reply = ""): void {
    if (!this.#connected) return;
    if (this.#held) {
      // The caller may use its bytes again.
      const kept = typeof payload === "string" ? payload : Buffer.from(payload);
      this.#held.push({ subject, payload: kept, reply });
      return;
    }
    try {
      this.#connection.publish(subject, payload, { reply });
    } catch (thrown) {
      this.#options.failed(`message to ${subject}`, thrown);
    }
  }

  /** Subscribes. What `receive` throws is reported and ends nothing. Returns the function that ends it. */
  subscribe(subject: string, receive: (message: Msg) => void): () => void {
    const subscription = this.listen(subject, receive);
    return () => subscription.end();
  }

  /** As {@link subscribe}, for a subscription that may be drained. */
  listen(subject: string, receive: (message: Msg) => void): NatsSubscription {
    const { failed } = this.#options;
    const subscription = new MovingSubscription(this.#subscribing, subject, {
      received: receive,
      failed,
    });
    this.#subscriptions.add(subscription);
    return {
      end: () => {
        this.#subscriptions.delete(subscription);
        subscription.unsubscribe();
      },
      drain: () => {
        const drain = () => {
          this.#subscriptions.delete(subscription);
          return subscription.drain();
        };
        // What the connection that takes over has received already must not be lost.
        return this.#moving ? this.#moving.then(drain, drain) : drain();
      },
    };
  }

  /** Sends what is still to be sent, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#renewal?.catch(() => {});
    if (this.#connection.isClosed()) return;
    try {
      if (this.#connected) await this.#connection.flush();
    } catch (thrown) {
      this.#options.failed("flush before close", thrown);
    }
    await this.#connection.close();
  }

  async #takeOver(): Promise<void> {
    if (!this.#connected) return;
    const source = this.#connection;
    // The same server first: in a cluster the order of messages holds within one.
    const url = `${source.getServer()},${this.#options.url}`;
    const target = await dial({ ...this.#options, url });
    void this.#follow(target);
    await Promise.all(this.#watchers.map(async (watcher) => watcher.moving?.()));
    this.#moving = this.#move(source, target).finally(() => {
      this.#moving = undefined;
      for (const watcher of this.#watchers) this.#call(() => watcher.moved?.());
    });
    await this.#moving;
  }

  async #move(source: NatsConnection, target: NatsConnection): Promise<void> {
    const takeover: Takeover = {
      source,
      target,
      subscriptions: () => [...this.#subscriptions],
      holdPublishing: () => (this.#held = []),
      switchOver: () => this.#switchTo(target),
    };
    const moved = await beginTakeover(takeover).catch(async (thrown: unknown) => {
      await target.close();
      throw thrown;
    });
    this.#subscribing = target;
    try {
      await completeTakeover(takeover, moved);
    } catch (thrown) {
      this.#options.failed("taking over the connection", thrown);
      for (const subscription of moved) subscription.settle();
      this.#broke();
      this.#returned();
    }
    await source.close();
  }

  #switchTo(target: NatsConnection): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#connection = target;
    for (const { subject, payload, reply } of held) this.publish(subject, payload, reply);
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      const ours = connection === this.#connection;
      if (status.type === "error") this.#options.failed("connection", status.error);
      else if (ours && status.type === "disconnect") this.#broke();
      else if (ours && status.type === "reconnect") this.#returned();
      // For good, and by ourselves: nobody has to be told.
      else if (ours && status.type === "close") this.#connected = false;
    }
  }

  #broke(): void {
    if (!this.#connected) return;
    this.#connected = false;
    for (const watcher of this.#watchers) this.#call(() => watcher.disconnected());
  }

  #returned(): void {
    if (this.#connected) return;
    this.#connected = true;
    const serverId = this.#connection.info?.server_id;
    const brokerRestarted = serverId !== this.#serverId;
    this.#serverId = serverId;
    for (const watcher of this.#watchers) this.#call(() => watcher.reconnected(brokerRestarted));
  }

  #call(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#options.failed("connection watcher", thrown);
    }
  }
}

/** Longer than this a broker that can be reached takes only where the machine has far too much to do, milliseconds. */
const CONNECT_LIMIT_MS = 5000;

async function dial(options: NatsLinkOptions): Promise<NatsConnection> {
  const settings: ConnectionOptions = {
    servers: options.url.split(","),
    name: options.name,
    inboxPrefix: options.inboxPrefix,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 100,
    pingInterval: 10_000,
    timeout: options.connectLimitMs ?? CONNECT_LIMIT_MS,
    noEcho: false,
    noRandomize: true,
    // A token may have been renewed, and an account may reach a restarted broker late: ask again.
    ...(options.authenticate && {
      authenticator: options.authenticate,
      ignoreAuthErrorAbort: true,
    }),
  };
  try {
    return await connect(settings);
  } catch (cause) {
    throw new ServiceError(`no nats-server answers at ${options.url}: ${describeError(cause)}`, {
      code: "NATS_UNREACHABLE",
      remedy: "Start it, or correct the URL.",
      cause,
    });
  }
}

/** Compares dotted versions number by number; a suffix such as `-beta` is ignored. */
export function olderThan(version: string, minimum: string): boolean {
  const have = version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const need = minimum.split(".").map((part) => Number.parseInt(part, 10) || 0);
  for (let i = 0; i < need.length; i++) {
    const difference = (have[i] ?? 0) - (need[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
