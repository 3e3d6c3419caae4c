// A real broker in operator mode: an account a pool, real credentials for everybody. The controller's part,
// queues and routing, is done here once.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApplicationPool, EdgeSettings } from "@penstock/domain";
import {
  AccountPublisher,
  issueCredentials,
  issueWorkerCredentials,
  loadOrCreateTrust,
  serverConfigurationLines,
  type Trust,
} from "@penstock/nats-accounts";
import { PoolSignals, QueueAdministration, RoutingStore } from "@penstock/nats-administration";
import {
  authenticateWith,
  NatsLink,
  renderCredentials,
  type Credentials,
} from "@penstock/nats-connection";
import { findNatsServer, natsServerCacheDirectory, startNatsServer } from "@penstock/nats-server";
import { subjectToken, type PoolEvent, type PoolState } from "@penstock/wire";

/** How long a worker's credentials are good for, seconds. */
const LIFE_S = 3600;

/** The controller's hands. */
interface Controller {
  readonly queues: QueueAdministration;
  readonly routing: RoutingStore;
  readonly signals: PoolSignals;
}

/** A broker with pools. */
export class OperatorBroker implements AsyncDisposable {
  readonly url: string;
  /** The folder with the keys, for whoever issues credentials elsewhere. */
  readonly state: string;
  readonly #trust: Trust;
  readonly #controller: Controller;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    { url, state }: Pick<OperatorBroker, "url" | "state">,
    { trust, controller }: { readonly trust: Trust; readonly controller: Controller },
    stack: AsyncDisposableStack,
  ) {
    this.url = url;
    this.state = state;
    this.#trust = trust;
    this.#controller = controller;
    this.#stack = stack;
  }

  /** Starts a broker whose pools are these, routed, with this edge. */
  static async start(
    pools: readonly ApplicationPool[],
    edge?: EdgeSettings,
  ): Promise<OperatorBroker> {
    await using stack = new AsyncDisposableStack();
    const state = await mkdtemp(join(tmpdir(), "penstock-broker-"));
    stack.defer(() => rm(state, { recursive: true, force: true }));
    const trust = loadOrCreateTrust(state);
    const found = await findNatsServer({
      cacheDirectory: natsServerCacheDirectory(process.env),
      environment: process.env,
      report: () => {},
    });
    const accountsDirectory = join(state, "accounts");
    const server = stack.use(
      await startNatsServer({
        binary: found.path,
        storeDirectory: join(state, "nats"),
        configuration: {
          port: 0,
          extraLines: serverConfigurationLines(trust, { accountsDirectory }),
        },
        report: () => {},
      }),
    );
    const login = async (identity: "account-writer" | "controller", inboxPrefix: string) => {
      const { credentials } = issueCredentials(trust, identity, { name: identity });
      return stack.use(await connect(server.url, credentials, inboxPrefix));
    };
    const accounts = new AccountPublisher(await login("account-writer", "_A"), trust);
    const controller = await login("controller", "_C");
    const queues = await QueueAdministration.open(controller);
    for (const pool of pools) {
      await accounts.provision(pool.name, { connectionsMax: 100 });
      await queues.provision(pool);
    }
    const routing = await RoutingStore.open(controller);
    await routing.publishTable(pools, edge);
    const parts = { trust, controller: { queues, routing, signals: new PoolSignals(controller) } };
    return new OperatorBroker({ url: server.url, state }, parts, stack.move());
  }

  /** Says of a pool what the controller would. */
  publishState(pool: string, state: PoolState): Promise<void> {
    return this.#controller.routing.publishState(pool, state);
  }

  /** Tells the listeners what happened to a pool. */
  tell(pool: string, event: PoolEvent): void {
    this.#controller.signals.tell(pool, event);
  }

  /** Takes a pool's queue away. */
  removeQueue(pool: string): Promise<void> {
    return this.#controller.queues.remove(pool);
  }

  /** A listener's credentials, as its setting has them. */
  listenerCredentials(name: string): string {
    return renderCredentials(issueCredentials(this.#trust, "listener", { name }).credentials);
  }

  /** A connection with the credentials of a worker of this pool: its rights and no more. */
  connectWorker(pool: string, id: string): Promise<NatsLink> {
    const { credentials } = issueWorkerCredentials(this.#trust, { pool, id, lifeS: LIFE_S });
    return connect(this.url, credentials, `_W.${subjectToken(id)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function connect(url: string, credentials: Credentials, inboxPrefix: string): Promise<NatsLink> {
  return NatsLink.open({
    url,
    name: inboxPrefix,
    inboxPrefix,
    authenticate: authenticateWith(() => credentials),
    failed: () => {},
  });
}
