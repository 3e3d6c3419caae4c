// Every NATS name that Penstock uses, and who may use it. A pool's name is a token of its own in each
// subject, so that an import of one pool's subjects is exactly that pool, and a worker's name is the last
// token of what it publishes, so that its permission can be written literally.
//
//   subject                          published by   taken by     carries
//   req.<pool>.<listener>            listener       the stream   request envelopes
//   resp.<pool>.<listener>.<worker>  worker         listener     frames to the listener
//   ctl.<pool>.<worker>              listener       worker       frames to the worker
//   wrk.<pool>.<worker>              worker         controller   worker reports
//   load.<listener>                  listener       controller   waiting and running per pool
//   evt.<pool>                       controller     listeners    pool events (worker lost, start failed)
//   demand.<pool>.<listener>         the stream     controller   header-only copy of each arrival
//   out.<listener>.<exchange>        the stream     listener     confirmations of publishes
//   cred.<pool>.<worker>             controller     worker       its renewed token
//   ask.<pool>.<worker>              controller     worker       to rest, or to take requests again

import { assert } from "@penstock/foundation";

const PLAIN = /^[A-Za-z0-9_-]+$/;

/**
 * A name as one subject token: letters, digits, `_` and `-` as they are, every other UTF-8 byte as `=XX`.
 * Injective, never empty for a non-empty name, and never contains `.`, `*`, `>` or white space.
 */
export function subjectToken(name: string): string {
  if (PLAIN.test(name)) return name;
  // A lone surrogate has no UTF-8 bytes of its own: two names would share a token.
  assert(name.isWellFormed(), "names are well-formed");
  let token = "";
  for (const byte of Buffer.from(name, "utf8")) {
    const char = String.fromCharCode(byte);
    token += PLAIN.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return token;
}

/** The name that {@link subjectToken} made a token of. A token that it never makes is its own name. */
export function nameOfToken(token: string): string {
  if (!token.includes("=")) return token;
  try {
    return decodeURIComponent(token.replaceAll("=", "%"));
  } catch {
    return token;
  }
}

/** The stream that holds a pool's waiting requests. */
export const streamOf = (pool: string): string => `REQ_${subjectToken(pool)}`;

/** The one durable consumer of each request stream. */
export const CONSUMER = "w";

/** Where a listener publishes requests for a pool. */
export const requestSubject = (pool: string, listener: string): string =>
  `req.${subjectToken(pool)}.${listener}`;

/** All requests for a pool: the subject filter of its stream. */
export const requestSubjects = (pool: string): string => `req.${subjectToken(pool)}.>`;

/** Where a worker asks for requests. */
export const nextSubject = (pool: string): string =>
  `$JS.API.CONSUMER.MSG.NEXT.${streamOf(pool)}.${CONSUMER}`;

/** Where a listener asks for a waiting request to be removed, by its sequence number. */
export const removeSubject = (pool: string): string =>
  `$JS.API.STREAM.MSG.DELETE.${streamOf(pool)}`;

/** Where a listener asks for the oldest of its requests that waits in a pool's queue. */
export const lookSubject = (pool: string): string => `$JS.API.DIRECT.GET.${streamOf(pool)}`;

/** Where a worker sends frames to a listener. */
export const replySubject = (pool: string, listener: string, worker: string): string =>
  `resp.${subjectToken(pool)}.${listener}.${subjectToken(worker)}`;

/** Everything that workers send to one listener. */
export const replySubjects = (listener: string): string => `resp.*.${listener}.*`;

/** Where a listener sends frames to a worker. */
export const controlSubject = (pool: string, worker: string): string =>
  `ctl.${subjectToken(pool)}.${subjectToken(worker)}`;

/** What only one worker hears: deliveries and answers. A prefix; subjects below it are its own to choose. */
export const workerInbox = (worker: string): string => `_W.${subjectToken(worker)}`;

/** Where a worker reports to the controller. */
export const workerReportSubject = (pool: string, worker: string): string =>
  `wrk.${subjectToken(pool)}.${subjectToken(worker)}`;

/** What all workers report. */
export const workerReportSubjects = "wrk.*.*";

/** Where a listener reports waiting and running requests. */
export const loadSubject = (listener: string): string => `load.${listener}`;

/** What all listeners report. */
export const loadSubjects = "load.*";

/** Where the controller sends a worker its renewed token. */
export const renewalSubject = (pool: string, worker: string): string =>
  `cred.${subjectToken(pool)}.${subjectToken(worker)}`;

/** Where the controller asks a worker to rest, or to take requests again. */
export const orderSubject = (pool: string, worker: string): string =>
  `ask.${subjectToken(pool)}.${subjectToken(worker)}`;

/** Where the controller tells listeners what happened to a pool. */
export const poolEventSubject = (pool: string): string => `evt.${subjectToken(pool)}`;

/** All pool events. */
export const poolEventSubjects = "evt.*";

/** Where the stream repeats arrivals, header only, for demand start. */
export const demandSubjects = (pool: string): string => `demand.${subjectToken(pool)}.>`;

/** Where confirmations of publishes for one listener arrive; the last token is the exchange. */
export const outcomePrefix = (listener: string): string => `out.${listener}.`;

/** KV bucket that listeners read: the routing table and the state of each pool. */
export const ROUTING_BUCKET = "penstock_routing";

/** Key of the whole routing table in {@link ROUTING_BUCKET}. */
export const ROUTING_KEY = "table";

/** Key of one pool's state in {@link ROUTING_BUCKET}. */
export const poolStateKey = (pool: string): string => `pool.${subjectToken(pool)}`;

/** KV bucket of the controller alone: what operators and rapid-fail protection decided about each pool. */
export const STANDING_BUCKET = "penstock_pools";

/** KV bucket of controllers alone: which of them leads. */
export const LEASE_BUCKET = "penstock_leader";
