// The numbers of the protocol and the relations between them.

/**
 * How long a request that left its queue may stay unclaimed before it counts as lost with whoever took it.
 * Taking and claiming happen in one turn, so this only has to exceed a slow turn.
 */
export const CLAIM_WAIT_MS = 2000;

/**
 * The same for what may not be repeated: it could only be refused, so its taker is given as long as a
 * worker's renewal of a lost claim needs.
 */
export const LAST_CLAIM_WAIT_MS = 10_000;

/** The same for what may be repeated, and for the rest, after a worker of the pool was found to be gone. */
export const ORPHAN_CLAIM_WAIT_MS = 500;
export const LAST_ORPHAN_CLAIM_WAIT_MS = 2000;

/** How often a listener looks into a queue for what it published there and nobody claimed. */
export const LOOK_MS = 500;

/** While requests wait no longer than this, and workers take, not every publish need be confirmed. */
export const FLOWING_WAIT_MS = 25;
export const FLOWING_CLAIM_MS = 100;

/** Of requests that flow, one in so many is confirmed. */
export const CONFIRM_EVERY = 16;

/** A worker whose event loop stood still for longer than this asks before it starts what it took. */
export const STALL_LIMIT_MS = CLAIM_WAIT_MS / 2;

/** An application that once kept the event loop for so long at a request's start may do so beyond the claim wait. */
export const BLOCKING_MS = 100;

/** Body bytes, each way, that may be under way without having been consumed. */
export const BODY_WINDOW = 2 * 1024 * 1024;

/** Credit is sent once this much was consumed, so that it does not cost a message per chunk. */
export const CREDIT_STEP = BODY_WINDOW / 4;

/**
 * With how much an answer begins: a client that takes nothing costs its listener this. Once it has taken
 * {@link WINDOW_GROWS_AFTER}, which is more than what the sockets of one that stands still swallow, its answer has
 * the whole window, as long as all that were widened together are below {@link WIDENED_MAX}.
 */
export const FIRST_WINDOW = 256 * 1024;
export const WINDOW_GROWS_AFTER = 8 * 1024 * 1024;
export const WIDENED_MAX = 256 * 1024 * 1024;

/** Largest body that rides in its request's envelope. */
export const RIDE_ALONG_MAX = 64 * 1024;

/** How often a listener asks the broker after workers that hold its requests and are silent. */
export const PROBE_INTERVAL_MS = 1000;

/** Probes in a row that found nobody before a worker counts as lost. One could hit a reconnect. */
export const PROBES_UNTIL_LOST = 2;

/** Time limits of a pool are looked at at least so often while something waits or runs there. */
export const LIMIT_LOOK_MS = 1000;

/** How long requests wait for a broker that cannot be reached, and for its queues when it is back. */
export const BROKER_GRACE_MS = 5000;

/** How often what could not be put into its queue is tried again meanwhile. */
export const QUEUE_RETRY_MS = 200;

/** How often a worker looks for requests about which their listener says nothing. */
export const CLAIM_RENEWAL_MS = 3000;

/**
 * Renewed claims without an answer before a listener counts as lost: 12 to 15 s of silence in all. A
 * listener that only stands still is given time; the slots of one that is gone are not lost for long.
 */
export const RENEWALS_UNTIL_LOST = 3;

/** Largest text of a head or of trailers, characters. With the largest body part it fits every broker's payload limit. */
export const FIELDS_TEXT_MAX = 256 * 1024;

/** What an application has for its last words in a tunnel whose worker goes. */
export const TUNNEL_CLOSE_MS = 1000;

/** How long the address of an idle worker is remembered. */
export const LINK_IDLE_MS = 60_000;
