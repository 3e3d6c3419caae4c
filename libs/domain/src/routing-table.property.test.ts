// The routing table against the reference matcher, on random tables and requests made of the pieces
// that matter; and against strings that nobody thought of.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { givenPrefix } from "./given-routing.ts";
import { localEndpoint } from "./local-endpoint.ts";
import { findConflicts } from "./prefix-conflict.ts";
import { referenceMatch } from "./reference-matcher.ts";
import { buildRoutingTable } from "./routing-table.ts";
import type { UrlPrefix } from "./url-prefix.ts";

const hosts = ["a.example", "b.a.example", "example", "192.0.2.1", "[::1]"];
const prefixHosts = [...hosts, "+", "*", "*.example", "*.a.example"];
const segments = ["a", "b", "A b", "é", "..a", "%2x", "葉Σ"];

const often = (...values: readonly string[]): fc.WeightedArbitrary<string> => {
  return { weight: 9, arbitrary: fc.constantFrom(...values) };
};
const rarely = (...values: readonly string[]): fc.WeightedArbitrary<string> => {
  return { weight: 1, arbitrary: fc.constantFrom(...values) };
};

const prefix = fc
  .record({
    origin: fc.oneof(often("http 80"), rarely("http 8080", "https 443", "https 80")),
    host: fc.constantFrom(...prefixHosts),
    path: fc.array(fc.oneof(often(...segments.slice(0, 3)), rarely(...segments)), { maxLength: 3 }),
  })
  .map(({ origin, host, path }) => {
    const [scheme, port] = origin.split(" ");
    return givenPrefix(`${scheme}://${host}:${port}/${path.map((each) => `${each}/`).join("")}`);
  });

/** Only what stands in no conflict: the rest is the business of findConflicts. */
const prefixes = fc
  .array(prefix, { size: "max", maxLength: 24 })
  .map((list): readonly UrlPrefix[] => {
    const refused = new Set(findConflicts(list).map(({ index }) => index));
    return list.filter((_, index) => !refused.has(index));
  });

const escapes = ["%41%20b", "%61", "%2e", "%2F", "%C3%A9", "%c3", "%E8%91%89%CF%83", "%E8%91%89σ"];
const broken = ["%", "%zz", "%00", "%C2%80", "\u{1}", "\u{e9}", "#", " "];
const pieces = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("/a", "/b", "/A", "/B/", "/A%20b", "/a%20B", "/%2Ea") },
  { weight: 3, arbitrary: fc.constantFrom("/", "//", "/.", "/..", "/%2e%2E", "/./", ".", "..") },
  { weight: 2, arbitrary: fc.constantFrom(...segments.slice(0, 2), ...escapes, "%252x", "/é") },
  { weight: 1, arbitrary: fc.constantFrom("?", "?/a/../b", "s".repeat(130), "/s".repeat(130)) },
);
const path = fc
  .tuple(
    fc.array(pieces, { maxLength: 5 }),
    fc.oneof(rarely(...broken), often("")),
    fc.array(pieces, { maxLength: 2 }),
  )
  .map((parts) => parts.flat().join(""));

const header = fc
  .tuple(
    fc.oneof(often(...hosts, "A.Example", "c.example."), rarely("x.y.z", "a..b", "", "+", "*")),
    fc.oneof(often("", ":80", ":9000", ":"), rarely(":65536", ":x")),
  )
  .map((parts) => parts.join(""));

const target = fc.oneof(
  { weight: 8, arbitrary: path.map((each) => `/${each}`) },
  { weight: 2, arbitrary: fc.tuple(header, path).map(([host, each]) => `HTTP://${host}/${each}`) },
  { weight: 1, arbitrary: fc.tuple(header, path).map(([host, each]) => `https://${host}${each}`) },
  { weight: 1, arbitrary: fc.oneof(fc.constant("*"), path) },
);

const request = fc.record({
  endpoint: fc
    .record({
      origin: fc.oneof(often("http 80"), rarely("http 8080", "https 443", "https 80")),
      address: fc.constantFrom("::ffff:192.0.2.1", "::1", "203.0.113.1"),
    })
    .map(({ origin, address }) => {
      const [scheme, port] = origin.split(" ");
      return localEndpoint(scheme === "https" ? scheme : "http", Number(port), address);
    }),
  host: fc.option(header, { nil: undefined, freq: 20 }),
  target,
});

test("the table agrees with the reference on every request", () => {
  const outcomes = new Map<string, number>();
  const agreement = fc.property(
    prefixes,
    fc.array(request, { minLength: 10, maxLength: 20 }),
    (list, requests) => {
      const build = buildRoutingTable(list.map((each) => [each, each] as const));
      assert.ok(build.kind === "table");
      for (const each of requests) {
        const found = build.table.match(each.endpoint, each.host, each.target);
        const expected = referenceMatch(list, each);
        assert.deepEqual(found, expected, JSON.stringify(each));
        const outcome = typeof found === "string" ? found : found.category;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    },
  );
  fc.assert(agreement, { numRuns: 3000 });
  // A property over requests that are all refused would prove little.
  assert.equal(outcomes.size, 8, JSON.stringify(Array.from(outcomes)));
});

test("a match never throws, whatever the strings", () => {
  const build = buildRoutingTable(
    prefixHosts.map((host) => [givenPrefix(`http://${host}:80/a/`), { host }] as const),
  );
  assert.ok(build.kind === "table");
  const { table } = build;
  const wild = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(...Array.from("/%.2eEfFcC3a9?#[]:@ \u{e9}\u{d800}")) }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    target,
  );
  const total = fc.property(wild, wild, wild, (host, text, address) => {
    for (const targetText of [text, `/${text}`]) {
      const found = table.match(localEndpoint("http", 80, address), host, targetText);
      const known = typeof found === "object" || ["URL", "Hostname", "NotFound"].includes(found);
      assert.ok(known);
    }
  });
  fc.assert(total, { numRuns: 3000 });
});
