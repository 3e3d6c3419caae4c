// The worker's connection to its queue.

import { systemClock, type CancelTimer } from "@penstock/foundation";
import { authenticateWith, NatsLink, parseCredentials, withToken } from "@penstock/nats-connection";
import { JetStreamRequestReceiver, reportSender } from "@penstock/nats-request-queue";
import type { ApplicationHost } from "@penstock/request-queue";
import { startWorkerSession, type WorkerSession } from "@penstock/worker";
import { decodeWorkerOrder, orderSubject, renewalSubject, workerInbox } from "@penstock/wire";
import type { WorkerSettings } from "./worker-settings.ts";

/**
 * A worker whose broker stays away for so long, a minute, has nobody to work for. Counted in steps: one that was
 * frozen meanwhile has missed one step, and not all of them.
 */
const ABANDONED_STEPS = 60;
const STEP_MS = 1000;

/** In a burst all workers of a pool start at once, and each start takes processors from the others, milliseconds. */
const CONNECT_LIMIT_MS = 20_000;

/** An open queue. */
export interface OpenQueue extends AsyncDisposable {
  /** Begins to take requests for an application that is ready. */
  receive(host: Pick<ApplicationHost, "handle" | "rest">): WorkerSession;
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
  const waitFor = (steps: number): void => {
    cancel = systemClock.after(STEP_MS, () => {
      if (steps > 1) waitFor(steps - 1);
      else abandoned.resolve("the broker has been away for too long");
    });
  };
  link.watch({
    disconnected: () => waitFor(ABANDONED_STEPS),
    reconnected: () => cancel?.(),
  });
  return {
    abandoned: abandoned.promise,
    receive: (host) => {
      const session = startWorkerSession({
        transport: new JetStreamRequestReceiver(link, { pool, worker: id, inbox: `${inbox}.pull` }),
        host,
        slots: settings.concurrency,
        report: reportSender(link, pool, id),
        malformed: (what) => say(`ignored ${what}`),
        clock: systemClock,
        epochNow: Date.now,
        defer: setImmediate,
      });
      link.subscribe(orderSubject(pool, id), (message) => {
        const order = decodeWorkerOrder(message.data);
        if (order) session.obey(order);
        else say("ignored an order that is none");
      });
      // The controller learns at once that a worker is back, and asks again what it did not hear.
      link.watch({ disconnected: () => {}, reconnected: () => session.tell() });
      return session;
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}
