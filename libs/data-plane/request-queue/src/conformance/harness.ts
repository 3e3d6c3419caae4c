// What the contract suite needs of whoever provides the ports: ends of both kinds, queues, time, and a
// broker that can be made to fail.

import type { ListenerTransport, WorkerTransport } from "../transport.ts";
import type { ListenerRecord, WorkerRecord } from "./records.ts";

/** A listener's port with what it called. */
export interface ListenerEnd {
  readonly name: string;
  readonly port: ListenerTransport;
  readonly record: ListenerRecord;
  /** Breaks this one connection; it comes back by itself, to the same broker. Resolves when it is back. */
  breakConnection(): Promise<void>;
}

/** A worker's port with what it called. */
export interface WorkerEnd {
  readonly name: string;
  readonly port: WorkerTransport;
  readonly record: WorkerRecord;
  breakConnection(): Promise<void>;
  /** The worker's process is gone. */
  end(): Promise<void>;
}

/** A broker and its clients, for one test. */
export interface QueueHarness extends AsyncDisposable {
  /** Life of a pull, milliseconds. */
  readonly pullExpiresMs: number;
  provision(pool: string, queueLength: number): Promise<void>;
  /** A port, connected and attached to its record. */
  listener(name: string): Promise<ListenerEnd>;
  worker(pool: string, name: string): Promise<WorkerEnd>;
  /** Resolves when what is under way has very probably arrived. */
  settle(): Promise<void>;
  passTime(ms: number): Promise<void>;
  /** Stops the broker. Resolves when every client has noticed. */
  stopBroker(): Promise<void>;
  /** Starts the broker again, without the queues that it had. Resolves when every client is connected. */
  startBroker(): Promise<void>;
}

/** Makes a harness. */
export type MakeHarness = () => Promise<QueueHarness>;

/** How often the suite looks before it gives up. */
const LOOKS = 400;

/** Waits until something holds. Throws with `what` when it does not. */
export async function until(
  harness: QueueHarness,
  what: string,
  holds: () => boolean,
): Promise<void> {
  for (let looks = 0; looks < LOOKS; looks++) {
    await harness.settle();
    if (holds()) return;
  }
  throw new Error(`waited in vain until ${what}`);
}
