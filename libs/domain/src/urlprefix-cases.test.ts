// The cases of testdata/urlprefix-cases.json, each by its id. Every case is in one of three lists: it
// passes here; it waits, because reservations and the rights of callers are not built; or its outcome
// is decided after the match, and what is tested here is that the match finds the group.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { givenPrefix } from "./given-routing.ts";
import { localEndpoint } from "./local-endpoint.ts";
import { reasons } from "./reason.ts";
import { buildRoutingTable, type RoutingRefusal, type RoutingTable } from "./routing-table.ts";
import { registrationsOf, type UrlGroup, type UrlRegistration } from "./url-group.ts";
import { parseUrlPrefix } from "./url-prefix.ts";

/** Reservations (urlacl): those of kind reserve, those that have some, and the rights of a caller (I13). */
const waiting = "D03 D05 D06 D08 I01 I03 I04 I06 I07 I09 I10 I12 I13 I15 I16".split(" ");
/** The group is found; that its queue is missing, offline or full is for admission to see. */
const decidedByAdmission = "D09 D11 D12".split(" ");

interface RouteCase {
  readonly kind: "route";
  readonly registrations: readonly { readonly prefix: string; readonly queue: string | null }[];
  readonly request: {
    readonly url: string;
    readonly localIp?: string;
    readonly rawTarget?: string;
    readonly hostHeader?: null;
  };
  readonly expect:
    | { readonly outcome: "route"; readonly queue: string; readonly matchedPrefix: string }
    | { readonly outcome: "status"; readonly status: number; readonly reasonPhrase?: string };
}

interface RegisterCase {
  readonly kind: "register";
  readonly existing: readonly string[];
  readonly prefix: string;
  readonly expect:
    | { readonly outcome: "accepted" }
    | { readonly outcome: "registrationError"; readonly error: string };
}

type Case = (RouteCase | RegisterCase | { readonly kind: "reserve" }) & {
  readonly id: string;
  readonly title: string;
  readonly reservations?: readonly unknown[];
};

const file = new URL("./testdata/urlprefix-cases.json", import.meta.url);
const { meta, cases } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly meta: { readonly count: number };
  readonly cases: readonly Case[];
};
const testedHere = cases.filter(({ id }) => !waiting.includes(id));

test("each case of the file is tested here or named as waiting", () => {
  assert.equal(cases.length, meta.count);
  assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
  assert.deepEqual([testedHere.length, waiting.length], [69, 15]);
  const needReservations = cases.filter(
    ({ id, kind, reservations }) =>
      kind === "reserve" || (reservations ?? []).length > 0 || id === "I13",
  );
  assert.deepEqual(
    needReservations.map(({ id }) => id),
    waiting,
  );
});

for (const one of testedHere) {
  test(`${one.id}: ${one.title}`, () => {
    if (one.kind === "route") checkRoute(one, one.id);
    else if (one.kind === "register") checkRegistration(one);
    else assert.fail("reservations wait");
  });
}

function checkRoute({ registrations, request, expect }: RouteCase, id: string): void {
  const found = ask(tableOf(registrations), request);
  if (decidedByAdmission.includes(id)) {
    assert.ok(typeof found === "object");
    assert.equal(found.group.pool ?? null, registrations[0]?.queue);
  } else if (expect.outcome === "route") {
    assert.ok(typeof found === "object", `${id} was refused with ${JSON.stringify(found)}`);
    assert.equal(found.group.pool, expect.queue);
    assert.equal(found.prefix.fullPrefix, givenPrefix(expect.matchedPrefix).fullPrefix);
  } else {
    assert.ok(typeof found === "string");
    assert.equal(reasons[found].status, expect.status);
    assert.equal(found, expect.reasonPhrase ?? found);
  }
}

function tableOf(registrations: RouteCase["registrations"]): RoutingTable<UrlRegistration> {
  const groups = registrations.map(({ prefix, queue }): UrlGroup => {
    return { name: prefix, prefixes: [givenPrefix(prefix)], pool: queue ?? undefined };
  });
  const build = buildRoutingTable(registrationsOf(groups));
  assert.ok(build.kind === "table");
  return build.table;
}

function ask(
  table: RoutingTable<UrlRegistration>,
  { url, localIp, rawTarget, hostHeader }: RouteCase["request"],
): UrlRegistration | RoutingRefusal {
  const pattern = /^(?<scheme>https?):\/\/(?<host>[^/?]*?(?::(?<port>\d+))?)(?<target>[/?].*)?$/u;
  const { scheme, host, port, target } = pattern.exec(url)?.groups ?? {};
  assert.ok(scheme === "http" || scheme === "https", url);
  const localPort = Number(port ?? (scheme === "http" ? 80 : 443));
  const endpoint = localEndpoint(scheme, localPort, localIp ?? "203.0.113.1");
  const sent = (rawTarget ?? target ?? "/").replace("<byte 0xE1>", "\u{e1}");
  return table.match(endpoint, hostHeader === null ? undefined : host, sent);
}

function checkRegistration({ existing, prefix, expect }: RegisterCase): void {
  const parse = parseUrlPrefix(prefix);
  if (parse.kind !== "prefix") {
    assert.equal(outcome(expect), "ERROR_INVALID_PARAMETER");
    return;
  }
  const prefixes = [...existing.map((text) => givenPrefix(text)), parse.prefix];
  const build = buildRoutingTable(prefixes.map((each) => [each, {}] as const));
  const conflict = build.kind === "conflicts" ? build.conflicts[0]?.kind : "accepted";
  const errors = {
    accepted: "accepted",
    already_exists: "ERROR_ALREADY_EXISTS",
    scheme_conflict: "registration fails (scheme conflict on port)",
  };
  assert.equal(outcome(expect), errors[conflict ?? "accepted"]);
}

function outcome(expect: RegisterCase["expect"]): string {
  return expect.outcome === "accepted" ? expect.outcome : expect.error;
}
