// A second connection takes over from the first, so that a token that was renewed comes into force before
// the old one ends: the broker closes a connection when the token ends that it was opened with, and a second
// CONNECT on it drops its subscriptions. Nothing is lost, doubled or put out of order on the way, whatever
// the traffic:
//
//   1 both connections subscribe; what the new one brings is held
//   2 a round trip on each: from here on both bring the same. Repeated until nothing ambiguous came meanwhile
//   3 the old one unsubscribes; a round trip later it has brought its last
//   4 what is published waits for one round trip, so that the broker has all that the old one sent
//   5 from here on everything goes over the new one; what it held is passed on
//
// A failure in 1 or 2 leaves everything as it was. A failure later is a break like any other.

import type { NatsConnection } from "@nats-io/transport-node";
import { setTimeout as delay } from "node:timers/promises";
import { ServiceError } from "@penstock/foundation";
import type { MovingSubscription } from "./moving-subscription.ts";

/** How often the beginning is tried, and the pause between two tries, milliseconds. */
const TRIES = 500;
const PAUSE_MS = 7;

/** Longest round trip, milliseconds. */
const ROUND_TRIP_MS = 5000;

/** What a takeover moves. */
export interface Takeover {
  readonly source: NatsConnection;
  readonly target: NatsConnection;
  /** Those that are open now. */
  readonly subscriptions: () => readonly MovingSubscription[];
  /** Keeps what is published from now on. */
  readonly holdPublishing: () => void;
  /** Publishes over the target from now on, what was kept first. */
  readonly switchOver: () => void;
}

/** Steps 1 and 2. Returns what was subscribed at both. Rejects when it cannot be begun; nothing has changed then. */
export async function beginTakeover(takeover: Takeover): Promise<readonly MovingSubscription[]> {
  const { source, target } = takeover;
  for (let tries = 0; tries < TRIES; tries++) {
    const moved = takeover.subscriptions();
    try {
      for (const subscription of moved) subscription.begin(target);
      await roundTrip(target);
      await roundTrip(source);
    } catch (thrown) {
      for (const subscription of moved) subscription.abandon();
      throw thrown;
    }
    const sameOnes = sameMembers(moved, takeover.subscriptions());
    if (sameOnes && moved.every(({ unambiguous }) => unambiguous)) return moved;
    for (const subscription of moved) subscription.abandon();
    await delay(PAUSE_MS, undefined, { ref: false });
  }
  throw new ServiceError("the connection was too busy to be replaced", {
    code: "TAKEOVER_BUSY",
    remedy: "It is tried again when the token is sent again.",
  });
}

/** Steps 3 to 5. A failure means that messages may have been lost, as with any break. */
export async function completeTakeover(
  { source, target, holdPublishing, switchOver }: Takeover,
  moved: readonly MovingSubscription[],
): Promise<void> {
  try {
    for (const subscription of moved) subscription.leave();
    await roundTrip(source);
    holdPublishing();
    await roundTrip(source);
  } finally {
    switchOver();
    for (const subscription of moved) subscription.finish();
  }
  await roundTrip(target);
  for (const subscription of moved) subscription.settle();
}

async function roundTrip(connection: NatsConnection): Promise<void> {
  const over = new AbortController();
  const late = delay(ROUND_TRIP_MS, undefined, { signal: over.signal, ref: false }).then(
    () => Promise.reject(new Error("the broker did not answer")),
    () => {},
  );
  const answer = connection.flush();
  answer.catch(() => {});
  await Promise.race([answer, late]);
  over.abort();
}

function sameMembers<Member>(some: readonly Member[], others: readonly Member[]): boolean {
  return some.length === others.length && some.every((member) => others.includes(member));
}
