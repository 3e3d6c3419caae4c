// A real broker in operator mode with this package's keys and accounts, for tests: started in a folder of
// its own, gone with everything in it afterwards.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QueueAdministration, RoutingStore } from "@penstock/nats-administration";
import { authenticateWith, NatsLink, type Credentials } from "@penstock/nats-connection";
import { findNatsServer, natsServerCacheDirectory, startNatsServer } from "@penstock/nats-server";
import { AccountPublisher } from "../account-publisher.ts";
import { serverConfigurationLines } from "../server-configuration.ts";
import { loadOrCreateTrust, type Trust } from "../trust.ts";
import { issueCredentials } from "../user-credentials.ts";

/** A broker and the controller's hands on it. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly state: string;
  readonly trust: Trust;
  readonly accounts: AccountPublisher;
  readonly queues: QueueAdministration;
  readonly routing: RoutingStore;
  /** The controller's connections. */
  readonly sys: NatsLink;
  readonly controller: NatsLink;
  /** Stops the broker and starts it again, on its port, with what it had. Resolves when the controller is back. */
  restart(): Promise<void>;
  /** Warnings and errors that the broker logged. */
  readonly complaints: readonly string[];
}

/** Connects with credentials. Failures of the connection go to `failed`. */
export function linkOf(
  url: string,
  credentials: Credentials,
  options: { name: string; inboxPrefix: string; failed?: (what: string, cause: unknown) => void },
): Promise<NatsLink> {
  return NatsLink.open({
    url,
    name: options.name,
    inboxPrefix: options.inboxPrefix,
    authenticate: authenticateWith(() => credentials),
    failed: options.failed ?? (() => {}),
  });
}

/** Starts a broker and connects as the controller does. */
export async function startTestBroker(): Promise<TestBroker> {
  await using stack = new AsyncDisposableStack();
  const state = await mkdtemp(join(tmpdir(), "penstock-accounts-"));
  stack.defer(() => rm(state, { recursive: true, force: true }));
  const trust = loadOrCreateTrust(state);
  const { path: binary } = await findNatsServer({
    cacheDirectory: natsServerCacheDirectory(process.env),
    environment: process.env,
    report: () => {},
  });
  const complaints: string[] = [];
  const start = (port: number) =>
    startNatsServer({
      binary,
      storeDirectory: join(state, "nats"),
      configuration: {
        port,
        syncInterval: { ms: 1000 },
        extraLines: serverConfigurationLines(trust, { accountsDirectory: join(state, "accounts") }),
      },
      report: (event) => {
        if (event.kind === "log" && ["fatal", "error", "warn"].includes(event.level))
          complaints.push(event.text);
      },
    });
  let server = await start(0);
  stack.defer(() => server[Symbol.asyncDispose]());
  const writer = issueCredentials(trust, "account-writer", { name: "controller" }).credentials;
  const sys = stack.use(
    await linkOf(server.url, writer, { name: "controller SYS", inboxPrefix: "_A" }),
  );
  const { credentials } = issueCredentials(trust, "controller", { name: "controller" });
  const controller = stack.use(
    await linkOf(server.url, credentials, { name: "controller", inboxPrefix: "_C" }),
  );
  const queues = await QueueAdministration.open(controller);
  const routing = await RoutingStore.open(controller);
  const unwind = stack.move();
  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    state,
    trust,
    accounts: new AccountPublisher(sys, trust),
    queues,
    routing,
    sys,
    controller,
    complaints,
    async restart() {
      const back = Promise.all([sys, controller].map(nextReconnect));
      const { port } = server;
      await server[Symbol.asyncDispose]();
      server = await start(port);
      await back;
    },
    [Symbol.asyncDispose]: () => unwind.disposeAsync(),
  };
}

/** Not whether it is connected: a client notices a short break late. */
export function nextReconnect(link: NatsLink): Promise<void> {
  return new Promise((resolve) =>
    link.watch({ disconnected: () => {}, reconnected: () => resolve() }),
  );
}
