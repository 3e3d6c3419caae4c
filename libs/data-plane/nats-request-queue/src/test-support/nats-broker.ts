// A real nats-server for one test: on loopback, in a folder of its own, gone with the test. Queues are made
// by raw requests with the configuration that the controller gives them, because the control plane is not
// to be imported here.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NatsLink } from "@penstock/nats-connection";
import {
  findNatsServer,
  natsServerCacheDirectory,
  startNatsServer,
  type RunningNatsServer,
} from "@penstock/nats-server";
import { CONSUMER, requestSubjects, streamOf } from "@penstock/wire";

const report = (): void => {};

let binary: Promise<string> | undefined;

function findBinary(): Promise<string> {
  const environment = process.env;
  const cacheDirectory = natsServerCacheDirectory(environment);
  return findNatsServer({ cacheDirectory, environment, report }).then(({ path }) => path);
}

/** A broker that a test may stop and start. */
export class NatsBroker implements AsyncDisposable {
  readonly #binary: string;
  readonly #folder: string;
  readonly #links: NatsLink[] = [];
  #server: RunningNatsServer;
  #administrator: NatsLink | undefined;
  /** What went wrong and ended nothing. */
  readonly failures: string[] = [];

  private constructor(path: string, folder: string, server: RunningNatsServer) {
    this.#binary = path;
    this.#folder = folder;
    this.#server = server;
  }

  static async start(): Promise<NatsBroker> {
    binary ??= findBinary();
    const path = await binary;
    const folder = await mkdtemp(join(tmpdir(), "penstock-nats-"));
    try {
      return new NatsBroker(path, folder, await start(path, folder, 0));
    } catch (thrown) {
      await rm(folder, { recursive: true, force: true });
      throw thrown;
    }
  }

  /** A connection that lives as long as the broker. */
  async connect(name: string): Promise<NatsLink> {
    const link = await NatsLink.open({
      url: this.#server.url,
      name,
      inboxPrefix: `_T.${this.#links.length}`,
      failed: (what, cause) => this.failures.push(`${what}: ${String(cause)}`),
    });
    this.#links.push(link);
    return link;
  }

  /** True when every connection that was not closed is there. */
  get connected(): boolean {
    return this.#links.every((link) => link.connected || link.connection.isClosed());
  }

  async stop(): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /** Starts it again, at the same address. */
  async startAgain(): Promise<void> {
    this.#server = await start(this.#binary, this.#folder, this.#server.port);
  }

  async provision(pool: string, queueLength: number): Promise<void> {
    const stream = streamOf(pool);
    await this.request(`STREAM.CREATE.${stream}`, {
      name: stream,
      subjects: [requestSubjects(pool)],
      retention: "interest",
      allow_direct: true,
      storage: "memory",
      discard: "new",
      max_msgs: queueLength,
      num_replicas: 1,
    });
    await this.request(`CONSUMER.DURABLE.CREATE.${stream}.${CONSUMER}`, {
      stream_name: stream,
      config: {
        durable_name: CONSUMER,
        ack_policy: "none",
        max_waiting: 5000,
      },
    });
  }

  /** One request to JetStream. Throws what it refuses. */
  async request(subject: string, body: object): Promise<Record<string, unknown>> {
    this.#administrator ??= await this.connect("administrator");
    const { connection } = this.#administrator;
    const answer = await connection.request(`$JS.API.${subject}`, JSON.stringify(body), {
      timeout: 5000,
    });
    const content = answer.json<Record<string, unknown>>();
    if (content["error"]) throw new Error(JSON.stringify(content["error"]));
    return content;
  }

  /** A round trip of every connection that is open. */
  async flush(): Promise<void> {
    for (const { connection } of this.#links) {
      if (!connection.isClosed()) await connection.flush().catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Closed, not drained: a link to a broker that is gone would wait for it.
    for (const { connection } of this.#links) if (!connection.isClosed()) await connection.close();
    await this.#server[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function start(path: string, folder: string, port: number): Promise<RunningNatsServer> {
  return startNatsServer({
    binary: path,
    storeDirectory: folder,
    configuration: { port },
    report,
  });
}
