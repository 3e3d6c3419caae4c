// Receivers that write down what their ports call.

import type {
  ListenerReceiver,
  PublishRefusal,
  WorkerAddress,
  WorkerReceiver,
} from "../transport.ts";

/** What a listener's port called. */
export class ListenerRecord implements ListenerReceiver {
  readonly heard: { readonly worker: WorkerAddress; readonly text: string }[] = [];
  /** Sequence number by exchange. */
  readonly sequences = new Map<number, number>();
  readonly refusals = new Map<number, PublishRefusal>();
  readonly connection: string[] = [];
  /** The next call throws this. */
  fault: Error | undefined;

  frames(worker: WorkerAddress, message: Uint8Array): void {
    this.heard.push({ worker, text: Buffer.from(message).toString("latin1") });
    const { fault } = this;
    this.fault = undefined;
    if (fault) throw fault;
  }

  published(exchange: number, sequence: number): void {
    this.sequences.set(exchange, sequence);
  }

  refused(exchange: number, refusal: PublishRefusal): void {
    this.refusals.set(exchange, refusal);
  }

  disconnected(): void {
    this.connection.push("disconnected");
  }

  reconnected(brokerRestarted: boolean): void {
    this.connection.push(brokerRestarted ? "reconnected to another" : "reconnected to the same");
  }
}

/** What a worker's port called. */
export class WorkerRecord implements WorkerReceiver {
  readonly deliveries: Uint8Array[] = [];
  readonly heard: string[] = [];
  readonly connection: string[] = [];
  unansweredCount = 0;
  /** The next call throws this. */
  fault: Error | undefined;

  /** What was delivered, as text. */
  get texts(): string[] {
    return this.deliveries.map((message) => Buffer.from(message).toString("latin1"));
  }

  delivered(message: Uint8Array): void {
    this.deliveries.push(message);
    const { fault } = this;
    this.fault = undefined;
    if (fault) throw fault;
  }

  unanswered(count: number): void {
    this.unansweredCount += count;
  }

  frames(message: Uint8Array): void {
    this.heard.push(Buffer.from(message).toString("latin1"));
  }

  disconnected(): void {
    this.connection.push("disconnected");
  }

  reconnected(): void {
    this.connection.push("reconnected");
  }
}
