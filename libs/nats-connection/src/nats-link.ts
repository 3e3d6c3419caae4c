// One connection to the broker, with what the client's status stream says turned into two calls. Every
// subscription goes through here, because an exception in a callback would end the client's read loop:
// no message, however odd, may do that.

import { describeError, ServiceError } from "@penstock/foundation";
import {
  connect,
  type ConnectionOptions,
  type Msg,
  type NatsConnection,
} from "@nats-io/transport-node";
import type { Authenticate } from "./credentials.ts";

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
}

/** Called when the connection breaks and when it is back. */
export interface NatsLinkWatcher {
  disconnected(): void;
  /** `brokerRestarted`: the server process is not the one of before; memory streams are gone. */
  reconnected(brokerRestarted: boolean): void;
}

/** Messages of one subject. */
export interface NatsSubscription {
  /** At once: what the broker sent and this process has not seen is lost. */
  end(): void;
  /** Resolves when all that the broker sent was received and nothing follows. Never rejects. */
  drain(): Promise<void>;
}

/** An open connection. Reconnects by itself until it is disposed of. */
export class NatsLink implements AsyncDisposable {
  readonly connection: NatsConnection;
  readonly #failed: NatsLinkOptions["failed"];
  readonly #watchers: NatsLinkWatcher[] = [];
  #connected = true;
  #serverId: string | undefined;

  private constructor(connection: NatsConnection, options: NatsLinkOptions) {
    this.connection = connection;
    this.#failed = options.failed;
    this.#serverId = connection.info?.server_id;
    void this.#follow();
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

  /** False from the moment a break was noticed until the connection is back. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Largest message that this broker takes, bytes. */
  get maxPayload(): number {
    return this.connection.info?.max_payload ?? 1024 * 1024;
  }

  /** Time that the broker takes to answer a ping, milliseconds. Rejects when the connection breaks meanwhile. */
  roundTripMs(): Promise<number> {
    return this.connection.rtt();
  }

  watch(watcher: NatsLinkWatcher): void {
    this.#watchers.push(watcher);
  }

  /**
   * Publishes. While the connection is broken the message is lost: the client would keep some of them and
   * send them to a broker that may not be the one of before. What cannot be sent is reported, not thrown.
   */
  publish(subject: string, payload: Uint8Array | string, reply = ""): void {
    if (!this.#connected) return;
    try {
      this.connection.publish(subject, payload, { reply });
    } catch (thrown) {
      this.#failed(`message to ${subject}`, thrown);
    }
  }

  /** Subscribes. What `receive` throws is reported and ends nothing. Returns the function that ends it. */
  subscribe(subject: string, receive: (message: Msg) => void): () => void {
    const subscription = this.listen(subject, receive);
    return () => subscription.end();
  }

  /** As {@link subscribe}, for a subscription that may be drained. */
  listen(subject: string, receive: (message: Msg) => void): NatsSubscription {
    const subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) {
          this.#failed(`subscription ${subject}`, error);
          return;
        }
        try {
          receive(message);
        } catch (thrown) {
          this.#failed(`message on ${message.subject}`, thrown);
        }
      },
    });
    return {
      end: () => subscription.unsubscribe(),
      drain: () =>
        subscription.isClosed() ? Promise.resolve() : subscription.drain().catch(() => {}),
    };
  }

  /** Sends what is still to be sent, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.connection.isClosed()) return;
    try {
      if (this.#connected) await this.connection.flush();
    } catch (thrown) {
      this.#failed("flush before close", thrown);
    }
    await this.connection.close();
  }

  async #follow(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === "disconnect") this.#broke();
      else if (status.type === "reconnect") this.#returned();
      else if (status.type === "error") this.#failed("connection", status.error);
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
    const serverId = this.connection.info?.server_id;
    const brokerRestarted = serverId !== this.#serverId;
    this.#serverId = serverId;
    for (const watcher of this.#watchers) this.#call(() => watcher.reconnected(brokerRestarted));
  }

  #call(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#failed("connection watcher", thrown);
    }
  }
}

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
    timeout: 5000,
    noEcho: false,
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
