// The account walls as Penstock makes them: keys, operator mode, the shared accounts, the pool's own, and
// scoped credentials for everybody. The steps are those of `penstock up` and of the controller.

import { join } from "node:path";
import type { ApplicationPool } from "@penstock/domain";
import { describeError } from "@penstock/foundation";
import {
  AccountPublisher,
  issueCredentials,
  issueWorkerCredentials,
  loadOrCreateTrust,
  serverConfigurationLines,
  type Trust,
} from "@penstock/nats-accounts";
import type { Stage } from "../measuring/stage.ts";
import { provisionQueue, startServer, type Broker } from "./broker.ts";
import { openLink } from "./open-link.ts";

/** Connections that a pool of one worker process may hold, as the controller counts them. */
const CONNECTIONS_MAX = 4;

/** How long a worker's credentials are good for: longer than any run, seconds. */
const LIFE_S = 24 * 3600;

/** Starts a broker behind whose walls the pool has an account of its own. */
export async function startWalledBroker(stage: Stage, pool: ApplicationPool): Promise<Broker> {
  const state = join(stage.folder, "walls");
  const trust = loadOrCreateTrust(state);
  const accountsDirectory = join(state, "accounts");
  const lines = serverConfigurationLines(trust, { accountsDirectory });
  const { url, pid } = await startServer(stage, "walls", lines);
  await publishAccounts(stage, url, { trust, pool });
  const { credentials } = issueCredentials(trust, "controller", { name: "controller" });
  await provisionQueue(stage, pool, { url, credentials });
  return {
    name: "walls",
    url,
    pid,
    credentialsOf: ({ identity, name }) => {
      if (identity === "listener") return issueCredentials(trust, identity, { name }).credentials;
      const worker = { pool: pool.name, id: name, lifeS: LIFE_S };
      return issueWorkerCredentials(trust, worker).credentials;
    },
  };
}

async function publishAccounts(
  stage: Stage,
  url: string,
  { trust, pool }: { readonly trust: Trust; readonly pool: ApplicationPool },
): Promise<void> {
  const name = "account-writer";
  const { credentials } = issueCredentials(trust, name, { name });
  await using link = await openLink({ url, name, inboxPrefix: "_A", credentials }, (what, cause) =>
    stage.tell(`${name}: ${what}: ${describeError(cause)}`),
  );
  const accounts = new AccountPublisher(link, trust);
  await accounts.publishShared();
  await accounts.provision(pool.name, { connectionsMax: CONNECTIONS_MAX });
}
