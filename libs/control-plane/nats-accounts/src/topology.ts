// Which account offers what to which: the walls between application pools and the doors in them. A pool is
// an account without JetStream, because the reply subject that a message names is not checked against its
// sender's permissions and JetStream answers there with its own rights: inside the pool's account nothing
// stands that such an answer could harm.
//
//   SYS     the broker itself; the controller publishes accounts there
//   QUEUES  streams and buckets; nobody but the controller logs in
//   EDGE    listeners
//   OPS     command line and metrics
//   POOL_x  the workers of pool x
//
// The exports of QUEUES are wildcards, so that a new pool changes no account but its own: publishing QUEUES
// again ends every open pull of every worker.

import {
  controlSubject,
  CONSUMER,
  loadSubjects,
  nextSubject,
  poolEventSubjects,
  ROUTING_BUCKET,
  subjectToken,
  workerReportSubjects,
} from "@penstock/wire";
import type { Export, Import } from "./claims.ts";

/** The accounts that every Penstock has. */
export const SHARED_ACCOUNTS = ["SYS", "QUEUES", "EDGE", "OPS"] as const;

/** An account that is not a pool's. */
export type SharedAccount = (typeof SHARED_ACCOUNTS)[number];

/** What an account offers and takes. */
export interface Sharing {
  readonly exports: readonly Export[];
  readonly imports: readonly Import[];
}

const NANOS_PER_SECOND = 1_000_000_000;

/**
 * How long the broker remembers where a pull's deliveries go, seconds: longer than a pull lives
 * (0.5 s). With the default of two minutes a worker that floods it with pulls would hold its memory for longer.
 */
const PULL_REMEMBERED_S = 2;

/** How long a read of the routing bucket, or of a queue's oldest request, may take, seconds. */
const READ_REMEMBERED_S = 5;

/** Prefix under which OPS sees JetStream's API: under its own name two accounts would answer. */
export const OPERATIONS_API = "Q.API";

/** Prefix under which OPS asks the broker about itself. */
export const SERVER_API = "Q.SERVER";

/** What may be asked. */
export const SERVER_METRICS = ["VARZ", "CONNZ", "JSZ", "ACCOUNTZ"] as const;

const REMOVE = "$JS.API.STREAM.MSG.DELETE.*";
const READ = "$JS.API.DIRECT.GET.*";
const ROUTING_CHANGES = `$KV.${ROUTING_BUCKET}.>`;
const REQUESTS = "req.*.*";
const ADVISORIES = "$JS.EVENT.ADVISORY.>";
const RENEWALS = "cred.*.*";
const ORDERS = "ask.*.*";
const INFO = ["STREAM.INFO.*", "CONSUMER.INFO.*.*", "STREAM.NAMES"] as const;

/** What the shared accounts offer and take. `id` gives an account's public key. */
export function sharedSharing(
  account: SharedAccount,
  id: (account: SharedAccount) => string,
): Sharing {
  return sharing[account](id);
}

type IdOf = (account: SharedAccount) => string;

const sharing: Readonly<Record<SharedAccount, (id: IdOf) => Sharing>> = {
  // Metrics of the broker are read through OPS: whoever may ask inside SYS could have the answer sent to a
  // command of the broker, as in QUEUES.
  SYS: () => ({
    exports: SERVER_METRICS.map((what) => ({
      ...service(`$SYS.REQ.SERVER.PING.${what}`),
      response_type: "Stream",
      response_threshold: READ_REMEMBERED_S * NANOS_PER_SECOND,
    })),
    imports: [],
  }),
  QUEUES: () => ({
    exports: [
      {
        ...service(`$JS.API.CONSUMER.MSG.NEXT.*.${CONSUMER}`),
        response_type: "Stream",
        response_threshold: PULL_REMEMBERED_S * NANOS_PER_SECOND,
      },
      service(REQUESTS),
      service(REMOVE),
      {
        ...service(READ),
        response_type: "Stream",
        response_threshold: READ_REMEMBERED_S * NANOS_PER_SECOND,
      },
      stream(ROUTING_CHANGES),
      stream(poolEventSubjects),
      stream(RENEWALS),
      stream(ORDERS),
      stream(ADVISORIES),
      service(workerReportSubjects),
      service(loadSubjects),
      ...INFO.map((call) => service(`$JS.API.${call}`)),
    ],
    imports: [],
  }),
  EDGE: (id) => ({
    exports: [service("resp.*.*.*"), stream("ctl.*.*")],
    imports: [
      importOf(id("QUEUES"), REQUESTS, "service"),
      importOf(id("QUEUES"), REMOVE, "service"),
      importOf(id("QUEUES"), READ, "service"),
      importOf(id("QUEUES"), ROUTING_CHANGES, "stream"),
      importOf(id("QUEUES"), poolEventSubjects, "stream"),
      importOf(id("QUEUES"), loadSubjects, "service"),
    ],
  }),
  OPS: (id) => ({
    exports: [],
    imports: [
      ...INFO.map((call) =>
        importOf(id("QUEUES"), `$JS.API.${call}`, "service", `${OPERATIONS_API}.${call}`),
      ),
      importOf(id("QUEUES"), ADVISORIES, "stream"),
      ...SERVER_METRICS.map((what) =>
        importOf(id("SYS"), `$SYS.REQ.SERVER.PING.${what}`, "service", `${SERVER_API}.${what}`),
      ),
    ],
  }),
};

/** What a pool's account takes: its own queue's deliveries, its own replies, control and reports. It offers nothing. */
export function poolSharing(pool: string, id: (account: SharedAccount) => string): Sharing {
  const token = subjectToken(pool);
  const [queues, edge] = [id("QUEUES"), id("EDGE")];
  return {
    exports: [],
    imports: [
      importOf(queues, nextSubject(pool), "service"),
      importOf(queues, `wrk.${token}.*`, "service"),
      importOf(queues, `cred.${token}.*`, "stream"),
      importOf(queues, `ask.${token}.*`, "stream"),
      importOf(edge, `resp.${token}.*.*`, "service"),
      importOf(edge, controlSubject(pool, "x").replace(/x$/, "*"), "stream"),
    ],
  };
}

function service(subject: string): Export {
  return { name: subject, subject, type: "service", response_type: "Singleton" };
}

function stream(subject: string): Export {
  return { name: subject, subject, type: "stream" };
}

function importOf(account: string, subject: string, type: Import["type"], local?: string): Import {
  return {
    name: subject,
    account,
    subject,
    type,
    ...(local !== undefined && { local_subject: local }),
  };
}
