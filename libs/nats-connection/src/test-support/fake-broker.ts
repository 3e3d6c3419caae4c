// As much of a nats-server as a connection needs to be opened, broken and spoken to: on loopback, without
// JetStream, with an identity that a test chooses.

import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** What a test chooses. */
export interface FakeBrokerFacts {
  readonly version?: string;
  readonly serverId?: string;
  readonly maxPayload?: number;
  readonly port?: number;
}

interface Client {
  readonly socket: Socket;
  readonly subscriptions: Map<string, string>;
  unread: Buffer;
}

/** A broker that a test runs and breaks. */
export class FakeBroker implements AsyncDisposable {
  /** Subject and payload of each message, in order. */
  readonly published: string[] = [];
  readonly #server: Server;
  readonly #clients = new Set<Client>();
  readonly #facts: FakeBrokerFacts;

  private constructor(facts: FakeBrokerFacts) {
    this.#facts = facts;
    this.#server = createServer((socket) => this.#greet(socket));
  }

  static async start(facts: FakeBrokerFacts = {}): Promise<FakeBroker> {
    const broker = new FakeBroker(facts);
    broker.#server.listen(facts.port ?? 0, "127.0.0.1");
    await once(broker.#server, "listening");
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Subjects that somebody listens to. */
  get subscriptions(): string[] {
    return [...this.#clients].flatMap(({ subscriptions }) => Array.from(subscriptions.values()));
  }

  get connections(): number {
    return this.#clients.size;
  }

  /** Breaks every connection; who reconnects is served. */
  breakConnections(): void {
    for (const { socket } of this.#clients) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.breakConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #greet(socket: Socket): void {
    const client: Client = { socket, subscriptions: new Map(), unread: Buffer.alloc(0) };
    this.#clients.add(client);
    const { version = "2.11.0", serverId = "SAME", maxPayload = 1024 } = this.#facts;
    const info = { server_id: serverId, version, headers: true, max_payload: maxPayload, proto: 1 };
    socket.on("error", () => {});
    socket.on("close", () => this.#clients.delete(client));
    socket.on("data", (bytes: Buffer) => this.#read(client, bytes));
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
  }

  #read(client: Client, bytes: Buffer): void {
    client.unread = Buffer.concat([client.unread, bytes]);
    for (;;) {
      const end = client.unread.indexOf("\r\n");
      if (end < 0) return;
      const [verb = "", ...words] = client.unread.toString("latin1", 0, end).split(" ");
      const size = verb === "PUB" ? Number(words.at(-1)) + 2 : 0;
      if (client.unread.length < end + 2 + size) return;
      const payload = client.unread.subarray(end + 2, end + Math.max(2, size));
      client.unread = client.unread.subarray(end + 2 + size);
      this.#obey(client, verb, { words, payload: payload.toString("latin1") });
    }
  }

  #obey(client: Client, verb: string, said: { words: string[]; payload: string }): void {
    const { words, payload } = said;
    const [first = "", second = ""] = words;
    if (verb === "PING") client.socket.write("PONG\r\n");
    if (verb === "SUB") client.subscriptions.set(second, first);
    if (verb === "UNSUB") client.subscriptions.delete(first);
    if (verb === "PUB") this.#publish(first, payload);
  }

  #publish(subject: string, payload: string): void {
    this.published.push(`${subject} ${payload}`);
    for (const { socket, subscriptions } of this.#clients) {
      for (const [id, wanted] of subscriptions)
        if (wanted === subject)
          socket.write(`MSG ${subject} ${id} ${payload.length}\r\n${payload}\r\n`);
    }
  }
}
