// A broker with the measured pool's queue, behind the account walls or in one open account.

import { join } from "node:path";
import type { ApplicationPool } from "@penstock/domain";
import { describeError } from "@penstock/foundation";
import { QueueAdministration } from "@penstock/nats-administration";
import type { Credentials } from "@penstock/nats-connection";
import { startNatsServer, type RunningNatsServer } from "@penstock/nats-server";
import type { Stage } from "../measuring/stage.ts";
import { openLink } from "./open-link.ts";

/** How the account is. */
export type BrokerName = "open" | "walls";

/** Who connects: a listener, or a worker of the measured pool. */
export interface Visitor {
  readonly identity: "listener" | "worker";
  readonly name: string;
}

/** A broker that runs and has the pool's queue. */
export interface Broker {
  readonly name: BrokerName;
  readonly url: string;
  readonly pid: number;
  /** What a visitor shows; undefined where nobody is asked. */
  readonly credentialsOf: (visitor: Visitor) => Credentials | undefined;
}

/** Starts the stage's nats-server in a folder of its own, configured as Penstock does, less the accounts. */
export async function startServer(
  stage: Stage,
  name: BrokerName,
  accountLines: readonly string[],
): Promise<RunningNatsServer> {
  return stage.hold(() =>
    startNatsServer({
      binary: stage.natsServer,
      storeDirectory: join(stage.folder, name, "nats"),
      configuration: { extraLines: accountLines },
      report: (event) => {
        if (event.kind === "log" && ["fatal", "error", "warn"].includes(event.level))
          stage.tell(`nats-server (${name}): ${event.text}`);
      },
    }),
  );
}

/** Makes the queue, as the controller does, whose credentials these are. */
export async function provisionQueue(
  stage: Stage,
  pool: ApplicationPool,
  { url, credentials }: { readonly url: string; readonly credentials: Credentials | undefined },
): Promise<void> {
  const controller = { url, name: "controller", inboxPrefix: "_C", credentials };
  await using link = await openLink(controller, (what, cause) =>
    stage.tell(`controller: ${what}: ${describeError(cause)}`),
  );
  const queues = await QueueAdministration.open(link);
  await queues.provision(pool);
}
