// The worker's port on NATS: pulls from the pool's one consumer by raw requests, so that no right beyond
// MSG.NEXT and acknowledgements is needed, and talks to listeners over core subjects.

import type { Msg } from "@nats-io/nats-core";
import type { NatsLink } from "@penstock/nats-connection";
import type { Delivery, WorkerReceiver, WorkerTransport } from "@penstock/request-queue";
import { controlSubject, nextSubject, replySubject } from "@penstock/wire";

/** Life of a pull, milliseconds. Short, so that one that the broker lost costs no more than this. */
const PULL_EXPIRES_MS = 15_000;

/** How long after its end a pull is waited for before it counts as lost, milliseconds. */
const PULL_GRACE_MS = 2000;

const NOTHING = new Uint8Array(0);

/** Tokens of an acknowledgement subject up to the count of deliveries: $JS.ACK.<stream>.<consumer>.<delivered>. */
const DELIVERED_TOKEN = 4;

interface PulledDelivery extends Delivery {
  readonly ackSubject: string;
}

/** {@link WorkerTransport} over a NATS connection. */
export class JetStreamRequestReceiver implements WorkerTransport {
  readonly #link: NatsLink;
  readonly #pool: string;
  readonly #worker: string;
  readonly #inbox: string;
  readonly #pullExpiresMs: number;
  readonly #replySubjects = new Map<string, string>();
  #receiver: WorkerReceiver | undefined;
  #stopSubscription: (() => void) | undefined;
  /** Requests asked for and neither delivered nor given up, and when the newest pull ends. */
  #open = 0;
  #watchdog: ReturnType<typeof setTimeout> | undefined;

  /** `inbox` is a subject of this worker alone. */
  constructor(
    link: NatsLink,
    names: { pool: string; worker: string; inbox: string },
    pullExpiresMs = PULL_EXPIRES_MS,
  ) {
    this.#link = link;
    this.#pullExpiresMs = pullExpiresMs;
    this.#pool = names.pool;
    this.#worker = names.worker;
    this.#inbox = names.inbox;
  }

  attach(receiver: WorkerReceiver): void {
    this.#receiver = receiver;
    this.#stopSubscription = this.#link.subscribe(this.#inbox, (message) => this.#arrived(message));
    this.#link.subscribe(controlSubject(this.#pool, this.#worker), (message) => {
      // A message without frames is a probe: that somebody listens is the answer.
      if (message.data.length > 0) receiver.frames(message.data);
    });
    this.#link.watch({
      disconnected: () => {
        this.#open = 0;
        receiver.disconnected();
      },
      reconnected: () => receiver.reconnected(),
    });
  }

  pull(count: number): void {
    this.#open += count;
    const request = `{"batch":${count},"expires":${this.#pullExpiresMs * 1_000_000}}`;
    this.#link.connection.publish(nextSubject(this.#pool), request, { reply: this.#inbox });
    this.#watchdog?.refresh();
    this.#watchdog ??= setTimeout(
      () => this.#givenUp(this.#open),
      this.#pullExpiresMs + PULL_GRACE_MS,
    ).unref();
  }

  ack(delivery: Delivery): void {
    this.#link.connection.publish((delivery as PulledDelivery).ackSubject, NOTHING);
  }

  send(listener: string, frames: Uint8Array): void {
    let subject = this.#replySubjects.get(listener);
    if (subject === undefined) {
      subject = replySubject(this.#pool, listener, this.#worker);
      this.#replySubjects.set(listener, subject);
    }
    this.#link.connection.publish(subject, frames);
  }

  async stopPulling(): Promise<void> {
    this.#stopSubscription?.();
    this.#stopSubscription = undefined;
    clearTimeout(this.#watchdog);
    // After the answer to this round trip the broker has seen the unsubscription.
    if (this.#link.connected) await this.#link.connection.flush().catch(() => {});
  }

  #arrived(message: Msg): void {
    const reply = message.reply;
    if (!reply) {
      this.#givenUp(unansweredOf(message, this.#open));
      return;
    }
    this.#open = Math.max(0, this.#open - 1);
    const delivery: PulledDelivery = {
      message: message.data,
      redelivered: deliveredBefore(reply),
      ackSubject: reply,
    };
    this.#receiver?.delivered(delivery);
  }

  #givenUp(count: number): void {
    this.#open = Math.max(0, this.#open - count);
    this.#receiver?.unanswered(count);
  }
}

/** How many requests of a pull a status message (404, 408, 409) gives up; all, when it does not say. */
function unansweredOf(message: Msg, open: number): number {
  const pending = message.headers?.get("Nats-Pending-Messages");
  return pending ? Number(pending) : open;
}

function deliveredBefore(ackSubject: string): boolean {
  // $JS.ACK.<stream>.<consumer>.<delivered>.…, with two more tokens in the second form of the subject.
  const tokens = ackSubject.split(".");
  const delivered = tokens.length > 9 ? tokens[DELIVERED_TOKEN + 2] : tokens[DELIVERED_TOKEN];
  return delivered !== "1";
}
