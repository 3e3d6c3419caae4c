// One subscription of a link, and its way from one connection to another without a gap, a repetition or a
// change of order, as far as one publisher can tell:
//
//   settled ──begin──> doubled ──leave──> left ──finish──> merging ──settle──> settled
//                         └────abandon────> settled (where it was)
//
//   doubled   both connections have it. What the old one brings is passed on and noted; what the new one
//             brings is held.
//   left      the old one has brought all that it ever will.
//   merging   what the new one held was passed on, less what was noted; what is noted still passes nobody.
//
// A note cannot tell two equal messages apart. So the move goes on only when between its beginning and the
// moment when both connections surely had the subscription nothing came that could have an equal: then each
// later message of the old connection has exactly one equal on the new one. A message with a reply subject
// (a delivery, a probe) has no equal.

import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";

/** What a subscription calls. */
export interface SubscriptionEar {
  readonly received: (message: Msg) => void;
  readonly failed: (what: string, cause: unknown) => void;
}

/** The subscription at one connection. */
interface Source {
  readonly subscription: Subscription;
}

interface Move {
  readonly target: Source;
  readonly held: Msg[];
  /** How often each message came over the old connection and not yet over the new one. */
  readonly noted: Map<string, number>;
  merging: boolean;
  ambiguous: boolean;
}

/** A subscription that can be moved. */
export class MovingSubscription {
  readonly #subject: string;
  readonly #ear: SubscriptionEar;
  #current: Source;
  #move: Move | undefined;

  constructor(connection: NatsConnection, subject: string, ear: SubscriptionEar) {
    this.#subject = subject;
    this.#ear = ear;
    this.#current = this.#open(connection);
  }

  get closed(): boolean {
    return this.#current.subscription.isClosed();
  }

  /** Nothing came since {@link begin} that could be taken for something else. */
  get unambiguous(): boolean {
    return this.#move?.ambiguous !== true;
  }

  begin(connection: NatsConnection): void {
    const target = this.#open(connection);
    this.#move = { target, held: [], noted: new Map(), merging: false, ambiguous: false };
  }

  /** Back to before {@link begin}: the old connection brought everything. */
  abandon(): void {
    this.#move?.target.subscription.unsubscribe();
    this.#move = undefined;
  }

  /** The old connection brings what is under way, and no more. */
  leave(): void {
    if (this.#move) this.#current.subscription.unsubscribe();
  }

  /** Passes on what the new connection alone brought. */
  finish(): void {
    const move = this.#move;
    if (!move) return;
    this.#current = move.target;
    move.merging = true;
    for (const message of move.held) this.#passUnlessNoted(move, message);
  }

  settle(): void {
    this.#move = undefined;
  }

  unsubscribe(): void {
    this.abandon();
    this.#current.subscription.unsubscribe();
  }

  async drain(): Promise<void> {
    if (!this.closed) await this.#current.subscription.drain().catch(() => {});
  }

  #heard(source: Source, message: Msg): void {
    const move = this.#move;
    if (!move) this.#pass(message);
    else if (source === move.target) {
      if (move.merging) this.#passUnlessNoted(move, message);
      else move.held.push(message);
    } else {
      if (!message.reply) move.ambiguous = true;
      const key = keyOf(message);
      move.noted.set(key, (move.noted.get(key) ?? 0) + 1);
      this.#pass(message);
    }
  }

  #passUnlessNoted({ noted }: Move, message: Msg): void {
    const key = keyOf(message);
    const times = noted.get(key) ?? 0;
    if (times === 0) this.#pass(message);
    else if (times === 1) noted.delete(key);
    else noted.set(key, times - 1);
  }

  #pass(message: Msg): void {
    try {
      this.#ear.received(message);
    } catch (thrown) {
      this.#ear.failed(`message on ${message.subject}`, thrown);
    }
  }

  #open(connection: NatsConnection): Source {
    const source: Source = {
      subscription: connection.subscribe(this.#subject, {
        callback: (error, message) => {
          if (error) this.#ear.failed(`subscription ${this.#subject}`, error);
          else this.#heard(source, message);
        },
      }),
    };
    return source;
  }
}

/** What makes a message equal to another. */
function keyOf({ subject, reply = "", headers, data }: Msg): string {
  const status = headers ? `${headers.code} ${headers.description}` : "";
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return `${subject}\n${reply}\n${status}\n${bytes.toString("latin1")}`;
}
