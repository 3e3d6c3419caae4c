// The worker's port on NATS: pulls from the pool's one consumer by raw requests, so that no right beyond
// MSG.NEXT is needed, and talks to listeners over core subjects.
//
// A pull is short and is left to end by itself: the broker tells its end after everything that it brought.
// To unsubscribe under it instead would lose what is just on its way.
//
// Each connection, and each time after pulling stopped, has an inbox of its own: the broker keeps a pull
// whose inbox comes back, so that under one name a reconnected worker would get what it asked for twice.
// The inbox's last token is the size of the pull, because not every refusal tells how much it refuses.

import type { Msg } from "@nats-io/nats-core";
import type { NatsLink, NatsSubscription } from "@penstock/nats-connection";
import type { WorkerReceiver, WorkerTransport } from "@penstock/request-queue";
import { controlSubject, nextSubject, replySubject } from "@penstock/wire";

/**
 * Life of a pull, milliseconds. So long a worker that drains waits for it, and one that the broker lost costs
 * no more: a broker that restarted drops pulls without a word until the controller has made its queues again.
 */
const PULL_EXPIRES_MS = 500;

/** How long after its end a pull is waited for before it counts as lost, milliseconds. */
const PULL_GRACE_MS = 500;

/** A refused pull counts as unanswered only after so long: a queue that is not there is not asked in a loop. */
const REFUSED_MS = 100;

/** Status of a pull whose time is over; every other one is a refusal. */
const EXPIRED = 408;

/** {@link WorkerTransport} over a NATS connection. */
export class JetStreamRequestReceiver implements WorkerTransport {
  readonly #link: NatsLink;
  readonly #pool: string;
  readonly #worker: string;
  readonly #inbox: string;
  readonly #pullExpiresMs: number;
  readonly #replySubjects = new Map<string, string>();
  #receiver: WorkerReceiver | undefined;
  #subscription: NatsSubscription | undefined;
  #lastInbox = 0;
  /** Requests asked for and neither delivered nor given up, and when the newest pull ends. */
  #open = 0;
  /** Requests to ask for once the connection was replaced; undefined while it is not being. */
  #deferred: number | undefined;
  /** Called when nothing is open. */
  #quiet: (() => void)[] = [];
  #watchdog: ReturnType<typeof setTimeout> | undefined;

  /** `inbox` is a subject of this worker alone; what is below it is used. */
  constructor(
    link: NatsLink,
    names: { pool: string; worker: string; inbox: string },
    pullExpiresMs = PULL_EXPIRES_MS,
  ) {
    this.#link = link;
    this.#pool = names.pool;
    this.#worker = names.worker;
    this.#inbox = names.inbox;
    this.#pullExpiresMs = pullExpiresMs;
  }

  attach(receiver: WorkerReceiver): void {
    this.#receiver = receiver;
    this.#link.subscribe(controlSubject(this.#pool, this.#worker), (message) => {
      // A message without frames is a probe: that somebody listens is the answer.
      if (message.data.length > 0) receiver.frames(message.data);
    });
    this.#link.watch({
      disconnected: () => {
        this.#endPulls()?.end();
        receiver.disconnected();
      },
      reconnected: () => {
        receiver.reconnected();
      },
      // What a pull brings comes over the connection on which it was made.
      moving: async () => {
        this.#deferred = 0;
        await this.#pullsEnded();
      },
      moved: () => {
        const deferred = this.#deferred ?? 0;
        this.#deferred = undefined;
        if (deferred > 0) this.pull(deferred);
      },
    });
  }

  pull(count: number): void {
    if (!this.#link.connected) return;
    if (this.#deferred !== undefined) {
      this.#deferred += count;
      return;
    }
    this.#subscription ??= this.#openInbox();
    this.#open += count;
    const expires = this.#pullExpiresMs;
    this.#link.publish(
      nextSubject(this.#pool),
      `{"batch":${count},"expires":${expires * 1_000_000}}`,
      `${this.#inbox}.${this.#lastInbox}.${count}`,
    );
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#givenUp(this.#open), expires + PULL_GRACE_MS);
    this.#watchdog.unref();
  }

  send(listener: string, frames: Uint8Array): void {
    let subject = this.#replySubjects.get(listener);
    if (subject === undefined) {
      subject = replySubject(this.#pool, listener, this.#worker);
      this.#replySubjects.set(listener, subject);
    }
    this.#link.publish(subject, frames);
  }

  async stopPulling(): Promise<void> {
    if (this.#deferred !== undefined) this.#deferred = 0;
    await this.#pullsEnded();
  }

  #openInbox(): NatsSubscription {
    const inbox = ++this.#lastInbox;
    return this.#link.listen(`${this.#inbox}.${inbox}.*`, (message) => {
      if (message.reply) this.#delivered(message);
      else if (inbox === this.#lastInbox) this.#ended(message);
    });
  }

  /** Nothing is asked for any more. Returns the inbox that was. */
  #endPulls(): NatsSubscription | undefined {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    this.#close(this.#open);
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
    return subscription;
  }

  async #pullsEnded(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#quiet.push(resolve));
    this.#endPulls()?.end();
  }

  #delivered(message: Msg): void {
    this.#close(1);
    this.#receiver?.delivered(message.data);
  }

  /** So many of the requests that were asked for came, or will not come. */
  #close(count: number): void {
    this.#open = Math.max(0, this.#open - count);
    if (this.#open > 0) return;
    const quiet = this.#quiet;
    this.#quiet = [];
    for (const resolve of quiet) resolve();
  }

  /** A pull's time is over, or it was refused. */
  #ended(message: Msg): void {
    const pending = message.headers?.get("Nats-Pending-Messages");
    const count = Number(pending || message.subject.slice(message.subject.lastIndexOf(".") + 1));
    if (message.headers?.code === EXPIRED) {
      this.#givenUp(count);
      return;
    }
    const subscription = this.#subscription;
    setTimeout(() => {
      if (this.#subscription === subscription) this.#givenUp(count);
    }, REFUSED_MS).unref();
  }

  #givenUp(count: number): void {
    const unanswered = Math.min(count, this.#open);
    this.#close(unanswered);
    this.#receiver?.unanswered(unanswered);
  }
}
