// A worker of a slot's pool in the process of the test itself: the server that the test made is handed to
// it, as a module's server is. What clients ask meanwhile waits in the queue.

import type { Server } from "node:http";
import { systemClock } from "@penstock/foundation";
import { hostModule } from "@penstock/http/module";
import { issueWorkerCredentials, loadOrCreateTrust } from "@penstock/nats-accounts";
import { authenticateWith, NatsLink, type NatsLinkOptions } from "@penstock/nats-connection";
import { JetStreamRequestReceiver, reportSender } from "@penstock/nats-request-queue";
import { workerInbox } from "@penstock/wire";
import { startWorkerSession } from "@penstock/worker";
import type { SlotPlan } from "./slot-plan.ts";

/** Requests that the worker takes at once. */
const CONCURRENCY = 128;

/** Life of a pull, milliseconds. So long a worker that drains waits, and its slot is taken. */
const PULL_EXPIRES_MS = 30;

/**
 * How often it is tried to connect. The broker gives a client two seconds to say who it is, and a test may keep this
 * process busy for longer: one allocates and copies gigabytes.
 */
const CONNECT_TRIES = 5;

/** How long a worker's credentials are good for: longer than any test, seconds. */
const LIFE_S = 3600;

let workers = 0;

/** A server in a slot. */
interface ServedSlot {
  readonly server: Server;
  readonly pool: string;
  readonly broker: NonNullable<SlotPlan["broker"]>;
  readonly closed: Promise<unknown>;
}

/** Serves a slot's pool with this server until it closes. */
export async function serveSlot({ server, pool, broker, closed }: ServedSlot): Promise<void> {
  // A slot's next worker is another one.
  const id = `${pool}-${process.pid}-${++workers}`;
  const trust = loadOrCreateTrust(broker.keys);
  const { credentials } = issueWorkerCredentials(trust, { pool, id, lifeS: LIFE_S });
  const inbox = workerInbox(id);
  const link = await openLink({
    url: broker.url,
    name: `worker ${id}`,
    inboxPrefix: inbox,
    authenticate: authenticateWith(() => credentials),
    failed: (what, cause) => process.stderr.write(`${pool}: ${what}: ${String(cause)}\n`),
  });
  const session = startWorkerSession({
    transport: new JetStreamRequestReceiver(
      link,
      { pool, worker: id, inbox: `${inbox}.pull` },
      PULL_EXPIRES_MS,
    ),
    host: await hostModule(server, { name: pool }),
    slots: CONCURRENCY,
    report: reportSender(link, pool, id),
    malformed: (what) => process.stderr.write(`${pool}: ignored ${what}\n`),
    clock: systemClock,
    epochNow: Date.now,
    defer: setImmediate,
  });
  await closed;
  await session.drain();
  await link[Symbol.asyncDispose]();
}

async function openLink(options: NatsLinkOptions, tries = CONNECT_TRIES): Promise<NatsLink> {
  try {
    return await NatsLink.open(options);
  } catch (cause) {
    if (tries === 1) throw cause;
    return await openLink(options, tries - 1);
  }
}
