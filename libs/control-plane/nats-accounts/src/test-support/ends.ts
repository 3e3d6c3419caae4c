// The two ends of a pool's queue on their real transports, recording what they are told.

import type { NatsLink } from "@penstock/nats-connection";
import { JetStreamRequestDispatch, JetStreamRequestReceiver } from "@penstock/nats-request-queue";
import type {
  ListenerTransport,
  PublishRefusal,
  WorkerAddress,
  WorkerTransport,
} from "@penstock/request-queue";
import { untilWithin } from "@penstock/testing";
import { subjectToken } from "@penstock/wire";
import { issueCredentials, issueWorkerCredentials } from "../user-credentials.ts";
import { linkOf, type TestBroker } from "./broker.ts";

/** What went wrong on a connection without ending it. */
export type Failures = string[];

/** A listener's end. */
export interface ListenerEnd extends AsyncDisposable {
  readonly name: string;
  readonly link: NatsLink;
  readonly transport: ListenerTransport;
  readonly frames: { readonly from: WorkerAddress; readonly text: string }[];
  readonly published: Map<number, number>;
  readonly refused: Map<number, PublishRefusal>;
  readonly failures: Failures;
}

/** A worker's end. */
export interface WorkerEnd extends AsyncDisposable {
  readonly id: string;
  readonly pool: string;
  readonly userKey: string;
  readonly link: NatsLink;
  readonly transport: WorkerTransport;
  readonly deliveries: string[];
  readonly frames: string[];
  readonly unanswered: number[];
  readonly failures: Failures;
}

/** A listener on its real transport. */
export async function startListenerEnd(broker: TestBroker, name: string): Promise<ListenerEnd> {
  const failures: Failures = [];
  const { credentials } = issueCredentials(broker.trust, "listener", { name });
  const link = await linkOf(broker.url, credentials, {
    name: `listener ${name}`,
    inboxPrefix: `_L.${name}`,
    failed: (what, cause) => failures.push(`${what}: ${String(cause)}`),
  });
  const transport = new JetStreamRequestDispatch(link, name, setImmediate);
  const frames: ListenerEnd["frames"] = [];
  const published = new Map<number, number>();
  const refused = new Map<number, PublishRefusal>();
  transport.attach({
    frames: (from, message) => frames.push({ from, text: Buffer.from(message).toString() }),
    published: (exchange, sequence) => published.set(exchange, sequence),
    refused: (exchange, refusal) => refused.set(exchange, refusal),
    disconnected: () => {},
    reconnected: () => {},
  });
  await link.connection.flush();
  const end = () => link[Symbol.asyncDispose]();
  return {
    name,
    link,
    transport,
    frames,
    published,
    refused,
    failures,
    [Symbol.asyncDispose]: end,
  };
}

/** A worker on its real transport. */
export async function startWorkerEnd(
  broker: TestBroker,
  pool: string,
  id: string,
): Promise<WorkerEnd> {
  const failures: Failures = [];
  const { credentials, userKey } = issueWorkerCredentials(broker.trust, { pool, id, lifeS: 3600 });
  // As the permission has it: a worker's name may hold the dot of its pool's.
  const inboxPrefix = `_W.${subjectToken(id)}`;
  const link = await linkOf(broker.url, credentials, {
    name: `worker ${id}`,
    inboxPrefix,
    failed: (what, cause) => failures.push(`${what}: ${String(cause)}`),
  });
  const names = { pool, worker: id, inbox: `${inboxPrefix}.pull` };
  const transport = new JetStreamRequestReceiver(link, names);
  const deliveries: WorkerEnd["deliveries"] = [];
  const frames: string[] = [];
  const unanswered: number[] = [];
  transport.attach({
    delivered: (message) => deliveries.push(Buffer.from(message).toString()),
    unanswered: (count) => unanswered.push(count),
    frames: (message) => frames.push(Buffer.from(message).toString()),
    disconnected: () => {},
    reconnected: () => {},
  });
  await link.connection.flush();
  return {
    id,
    pool,
    userKey,
    link,
    transport,
    deliveries,
    frames,
    unanswered,
    failures,
    async [Symbol.asyncDispose]() {
      await transport.stopPulling();
      await link[Symbol.asyncDispose]();
    },
  };
}

/** Waits until something holds; throws when it does not for too long. */
export const until = untilWithin(3000);
