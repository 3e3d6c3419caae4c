// A worker that keeps the protocol, beside a hostile one: what it does must not be touched.

import { systemClock } from "@penstock/foundation";
import type { NatsLink } from "@penstock/nats-connection";
import { JetStreamRequestReceiver } from "@penstock/nats-request-queue";
import { RequestReceiver } from "@penstock/request-queue";
import { RecordedApplication } from "@penstock/request-queue/testing";
import { subjectToken } from "@penstock/wire";
import type { OperatorBroker } from "@penstock/operator-broker";

/** Who it is. */
interface HonestWorkerOptions {
  readonly pool: string;
  readonly id: string;
  /** With one, what it has in hand fills it: the next request goes to whoever else asks. */
  readonly slots: number;
}

/** One honest worker. */
export class HonestWorker implements AsyncDisposable {
  readonly id: string;
  readonly application = new RecordedApplication();
  readonly #link: NatsLink;

  private constructor(link: NatsLink, { pool, id, slots }: HonestWorkerOptions) {
    this.#link = link;
    this.id = id;
    const names = { pool, worker: id, inbox: `_W.${subjectToken(id)}.pull` };
    const receiver = new RequestReceiver({
      transport: new JetStreamRequestReceiver(link, names),
      host: this.application,
      clock: systemClock,
      epochNow: Date.now,
      defer: setImmediate,
      slots,
      changed: () => {},
      malformed: () => {},
    });
    receiver.receive();
  }

  static async start(broker: OperatorBroker, options: HonestWorkerOptions): Promise<HonestWorker> {
    return new HonestWorker(await broker.connectWorker(options.pool, options.id), options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Not drained: a test that failed has left something in hand.
    await this.#link.connection.close();
  }
}
