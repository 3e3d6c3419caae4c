// The worker's connection to its queue.

import { systemClock, type CancelTimer } from "@penstock/foundation";
import { authenticateWith, NatsLink, parseCredentials, withToken } from "@penstock/nats-connection";
import { JetStreamRequestReceiver, reportSender } from "@penstock/nats-request-queue";
import type { ApplicationHost } from "@penstock/request-queue";
import { startWorkerSession, type WorkerSession } from "@penstock/worker";
import { renewalSubject, workerInbox } from "@penstock/wire";
import type { WorkerSettings } from "./worker-settings.ts";

/** A worker whose broker stays away for so long has nobody to work for, milliseconds. */
const ABANDONED_MS = 60_000;

/** In a burst all workers of a pool start at once, and each start takes processors from the others, milliseconds. */
const CONNECT_LIMIT_MS = 20_000;

/** An open queue. */
export interface OpenQueue extends AsyncDisposable {
  /** Begins to take requests for an application that is ready. */
  receive(host: Pick<ApplicationHost, "handle">): WorkerSession;
  /** Resolves with what to say when the broker has been away for too long. */
  readonly abandoned: Promise<string>;
}

/** Connects. Throws ServiceError NATS_UNREACHABLE. */
export async function openQueue(
  settings: WorkerSettings,
  say: (line: string) => void,
): Promise<OpenQueue> {
  const { id, pool } = settings;
  const inbox = workerInbox(id);
  let credentials = parseCredentials(settings.natsCredentials);
  const link = await NatsLink.open({
    url: settings.natsUrl,
    name: `worker ${id}`,
    inboxPrefix: inbox,
    connectLimitMs: CONNECT_LIMIT_MS,
    authenticate: authenticateWith(() => credentials),
    failed: (what, cause) => say(`${what}: ${String(cause)}`),
  });
  link.subscribe(renewalSubject(pool, id), (message) => {
    const renewed = withToken(credentials, message.string());
    if (!renewed) {
      say("ignored a token that is not for this worker");
      return;
    }
    credentials = renewed;
    link
      .renew()
      .catch((thrown: unknown) =>
        say(`the connection stays on its former token: ${String(thrown)}`),
      );
  });
  const abandoned = Promise.withResolvers<string>();
  let cancel: CancelTimer | undefined;
  link.watch({
    disconnected: () => {
      cancel = systemClock.after(ABANDONED_MS, () =>
        abandoned.resolve("the broker has been away for too long"),
      );
    },
    reconnected: () => cancel?.(),
  });
  return {
    abandoned: abandoned.promise,
    receive: (host) =>
      startWorkerSession({
        transport: new JetStreamRequestReceiver(link, { pool, worker: id, inbox: `${inbox}.pull` }),
        host,
        slots: settings.concurrency,
        report: reportSender(link, pool, id),
        malformed: (what) => say(`ignored ${what}`),
        clock: systemClock,
        epochNow: Date.now,
        defer: setImmediate,
      }),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}
