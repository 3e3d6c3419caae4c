import assert from "node:assert/strict";
import { test } from "node:test";
import * as wire from "@penstock/wire";
import { rightsOf, sharedIdentities, sharedIdentity, workerIdentity } from "./identities.ts";
import { poolSharing, sharedSharing } from "./topology.ts";

/** Whether a subject lies within a pattern. */
function within(pattern: string, subject: string): boolean {
  const [patterns, tokens] = [pattern.split("."), subject.split(".")];
  for (const [index, part] of patterns.entries()) {
    if (part === ">") return tokens.length > index;
    if (tokens[index] === undefined || (part !== "*" && part !== tokens[index])) return false;
  }
  return patterns.length === tokens.length;
}

const named = (patterns: readonly string[], name: string): string[] =>
  patterns.map((pattern) => pattern.replace("{{name()}}", name));

const id = (account: string): string => account;
const covers = (patterns: readonly string[], subject: string): boolean =>
  patterns.some((pattern) => within(pattern, subject));

// Everything that the transports use, from the file that names it.
const POOL = "shop.v2";
const WORKER = `${POOL}-0a`;
const WORKER_PUBLISHES = [
  wire.nextSubject(POOL),
  wire.replySubject(POOL, "l1", WORKER),
  wire.workerReportSubject(POOL, WORKER),
];
const WORKER_HEARS = [
  wire.controlSubject(POOL, WORKER),
  wire.renewalSubject(POOL, WORKER),
  wire.orderSubject(POOL, WORKER),
  `_W.${wire.subjectToken(WORKER)}.pull`,
];
const LISTENER_PUBLISHES = [
  wire.requestSubject(POOL, "l1"),
  wire.removeSubject(POOL),
  wire.controlSubject(POOL, WORKER),
  wire.loadSubject("l1"),
];
const LISTENER_HEARS = [
  wire.replySubject(POOL, "l1", WORKER),
  `${wire.outcomePrefix("l1")}7`,
  wire.poolEventSubject(POOL),
  `$KV.${wire.ROUTING_BUCKET}.${wire.poolStateKey(POOL)}`,
];

test("the subjects of the wire are within the rights of those who use them", () => {
  const worker = workerIdentity(POOL);
  const listener = sharedIdentity("listener");
  const token = wire.subjectToken(WORKER);
  for (const subject of WORKER_PUBLISHES)
    assert(covers(named(worker.publish, token), subject), subject);
  for (const subject of WORKER_HEARS)
    assert(covers(named(worker.subscribe, token), subject), subject);
  for (const subject of LISTENER_PUBLISHES)
    assert(covers(named(listener.publish, "l1"), subject), subject);
  for (const subject of LISTENER_HEARS)
    assert(covers(named(listener.subscribe, "l1"), subject), subject);
});

test("another worker's, another pool's and another listener's subjects are not", () => {
  const rights = workerIdentity(POOL);
  const worker = [...rights.publish, ...rights.subscribe];
  const mine = named(worker, wire.subjectToken(WORKER));
  for (const [pool, name] of [
    [POOL, `${POOL}-0b`],
    ["shop", "shop-0a"],
    ["shop=2Ev2", WORKER],
  ] as const) {
    for (const subject of [
      wire.replySubject(pool, "l1", name),
      wire.workerReportSubject(pool, name),
      wire.controlSubject(pool, name),
      wire.renewalSubject(pool, name),
      wire.orderSubject(pool, name),
    ])
      assert(!covers(mine, subject), subject);
    if (pool !== POOL) assert(!covers(mine, wire.nextSubject(pool)));
  }
  const listener = sharedIdentity("listener");
  const theirs = named([...listener.publish, ...listener.subscribe], "l1");
  for (const subject of [wire.requestSubject(POOL, "l2"), wire.replySubject(POOL, "l2", WORKER)])
    assert(!covers(theirs, subject), subject);
});

test("whatever a pool or a worker is called, its rights are exactly its own", () => {
  for (const name of ["*", ">", "a.*", "a.>", "{{name()}}", "{{tag(x)}}", " ", "ä", "=2E", "a=b"]) {
    const identity = workerIdentity(name);
    const subjects = [...identity.publish, ...identity.subscribe];
    assert.deepEqual(
      subjects.map((subject) => subject.split(".").length),
      [7, 4, 3, 3, 3, 3, 3],
    );
    for (const subject of subjects) {
      const own = subject.replaceAll("{{name()}}", "").replace(/\.\*\.$/, ".");
      assert.doesNotMatch(
        own.replace(/^_W\.\.>$/, "").replace(/^\$JS/, ""),
        /[*>{} ]|[^\x21-\x7e]/,
      );
    }
  }
});

test("every import of a pool is of that pool alone, and is offered by somebody", () => {
  const { imports, exports } = poolSharing(POOL, id);
  assert.deepEqual(exports, []);
  for (const { account, subject, type } of imports) {
    const offers = sharedSharing(account as "QUEUES", id).exports;
    const offer = offers.find(
      (candidate) => candidate.type === type && within(candidate.subject, subject),
    );
    assert(offer, `${account} offers ${subject}`);
    assert(subject.includes("shop=2Ev2"), subject);
  }
});

test("the shared accounts take only what is offered", () => {
  for (const account of ["EDGE", "OPS"] as const) {
    for (const { account: from, subject, type } of sharedSharing(account, id).imports) {
      const offers = sharedSharing(from as "QUEUES", id).exports;
      assert(
        offers.some((offer) => offer.type === type && offer.subject === subject),
        `${from} offers ${subject}`,
      );
    }
  }
});

test("no right is an empty list, which would mean everything", () => {
  for (const identity of [...sharedIdentities, workerIdentity(POOL)]) {
    const { pub, sub } = rightsOf(identity);
    for (const { allow, deny } of [pub, sub])
      assert((allow?.length ?? 0) > 0 || deny?.includes(">"), identity.name);
  }
});
