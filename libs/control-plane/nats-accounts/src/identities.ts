// Who may log in, and what each may do there. Each identity is a scoped signing key: its users carry a name
// and nothing else, so whoever mints one cannot give it more. The table in docs/security.md is generated
// from this one.
//
// A name that a user chose (pool, worker) enters a subject only through subjectToken, which knows neither
// dot nor wildcard; the `{{name()}}` of the broker's templates stands for the user's name, which is such a
// token too.

import { assert } from "@penstock/foundation";
import {
  loadSubject,
  loadSubjects,
  LEASE_BUCKET,
  lookSubject,
  nextSubject,
  poolEventSubjects,
  removeSubject,
  replySubjects,
  ROUTING_BUCKET,
  STANDING_BUCKET,
  streamOf,
  subjectToken,
  workerReportSubjects,
} from "@penstock/wire";
import { only, UNLIMITED, type UserRights } from "./claims.ts";
import { OPERATIONS_API, SERVER_API, SERVER_METRICS, type SharedAccount } from "./topology.ts";

/** What the broker puts the user's name in for. */
export const NAME = "{{name()}}";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Who logs in. */
export type IdentityName = "worker" | "listener" | "controller" | "account-writer" | "operations";

/** One kind of user. */
export interface Identity {
  readonly name: IdentityName;
  readonly account: SharedAccount | "POOL";
  readonly publish: readonly string[];
  readonly publishNot?: readonly string[];
  readonly subscribe: readonly string[];
  /** Subscriptions at one time, for each connection. */
  readonly subscriptionsMax: number;
  /** Largest message, bytes. A larger one ends the connection. */
  readonly payloadMax: number;
  /** For the documentation: who holds it and how long it is good for. */
  readonly holder: string;
}

/** The workers of one pool. */
export function workerIdentity(pool: string): Identity {
  const token = subjectToken(pool);
  return workerIdentityOf(token, nextSubject(pool));
}

/** The same with a placeholder for the pool, for the documentation. */
export function workerIdentityShown(pool: string): Identity {
  return workerIdentityOf(pool, nextSubject("x").replace(streamOf("x"), `REQ_${pool}`));
}

function workerIdentityOf(token: string, next: string): Identity {
  return {
    name: "worker",
    account: "POOL",
    publish: [next, `resp.${token}.*.${NAME}`, `wrk.${token}.${NAME}`],
    subscribe: [
      `_W.${NAME}.>`,
      `ctl.${token}.${NAME}`,
      `cred.${token}.${NAME}`,
      `ask.${token}.${NAME}`,
    ],
    subscriptionsMax: 16,
    payloadMax: MIB,
    holder: "one worker process; made at its launch, revoked at its end",
  };
}

/** Everybody else. */
export const sharedIdentities: readonly Identity[] = [
  {
    name: "listener",
    account: "EDGE",
    publish: [
      `req.*.${NAME}`,
      "ctl.*.*",
      loadSubject(NAME),
      removeSubject("x").replace(/[^.]+$/, "*"),
      lookSubject("x").replace(/[^.]+$/, "*"),
    ],
    publishNot: [`$JS.API.STREAM.MSG.DELETE.KV_${ROUTING_BUCKET}`],
    subscribe: [
      replySubjects(NAME),
      `out.${NAME}.*`,
      `_L.${NAME}.>`,
      `$KV.${ROUTING_BUCKET}.>`,
      poolEventSubjects,
    ],
    subscriptionsMax: 32,
    payloadMax: 8 * MIB,
    holder: "one listener; a file, or standard input",
  },
  {
    name: "controller",
    account: "QUEUES",
    publish: [
      "$JS.API.>",
      `$KV.${ROUTING_BUCKET}.>`,
      `$KV.${STANDING_BUCKET}.>`,
      `$KV.${LEASE_BUCKET}.>`,
      poolEventSubjects,
      "cred.*.*",
      "ask.*.*",
    ],
    subscribe: [
      "_C.>",
      "demand.*.*",
      workerReportSubjects,
      loadSubjects,
      `$KV.${ROUTING_BUCKET}.>`,
      "$JS.EVENT.ADVISORY.>",
    ],
    subscriptionsMax: UNLIMITED,
    payloadMax: 8 * MIB,
    holder: "the controller; made in its memory at each start",
  },
  {
    name: "account-writer",
    account: "SYS",
    publish: [
      "$SYS.REQ.CLAIMS.UPDATE",
      "$SYS.REQ.CLAIMS.DELETE",
      "$SYS.REQ.CLAIMS.LIST",
      "$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP",
      "$SYS.REQ.SERVER.PING.*",
      "$SYS.REQ.SERVER.*.KICK",
    ],
    subscribe: ["_A.>", "$SYS.ACCOUNT.*.CONNECT", "$SYS.ACCOUNT.*.DISCONNECT"],
    subscriptionsMax: 32,
    payloadMax: 8 * MIB,
    holder: "the controller; made in its memory at each start",
  },
  {
    name: "operations",
    account: "OPS",
    publish: [
      `${OPERATIONS_API}.STREAM.INFO.*`,
      `${OPERATIONS_API}.CONSUMER.INFO.*.*`,
      `${OPERATIONS_API}.STREAM.NAMES`,
      ...SERVER_METRICS.map((what) => `${SERVER_API}.${what}`),
    ],
    subscribe: [`_M.${NAME}.>`, "$JS.EVENT.ADVISORY.>"],
    subscriptionsMax: 32,
    payloadMax: 64 * KIB,
    holder: "command line and metrics; a file",
  },
];

/** The identity of a name. */
export function sharedIdentity(name: Exclude<IdentityName, "worker">): Identity {
  const identity = sharedIdentities.find((candidate) => candidate.name === name);
  assert(identity, "every name stands in the table");
  return identity;
}

/** An identity's rights, as a scoped signing key carries them. */
export function rightsOf(identity: Identity): UserRights {
  return {
    pub: only(identity.publish, identity.publishNot),
    sub: only(identity.subscribe),
    subs: identity.subscriptionsMax,
    data: UNLIMITED,
    payload: identity.payloadMax,
    allowed_connection_types: ["STANDARD"],
    bearer_token: false,
  };
}
