import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { givenPrefix } from "./given-routing.ts";
import type { UrlPrefixFaultKind } from "./url-prefix-fault.ts";
import { parseUrlPrefix } from "./url-prefix.ts";

test("a prefix is read into its parts, and its full form is its identity", () => {
  assert.deepEqual(givenPrefix("http://WWW.Adatum.COM:8080/VRoot/Sub/"), {
    scheme: "http",
    category: "explicitHost",
    host: "www.adatum.com",
    port: 8080,
    path: "/vroot/sub/",
    fullPrefix: "http://www.adatum.com:8080/vroot/sub/",
  });
  assert.ok(Object.isFrozen(givenPrefix("http://+:80/")));
});

test("the host decides the category", () => {
  const hosts = {
    "+": ["strongWildcard", "+"],
    "a.example.": ["explicitHost", "a.example"],
    "bücher.example": ["explicitHost", "xn--bcher-kva.example"],
    "*.Example": ["subdomainWildcard", "*.example"],
    "192.0.2.1": ["ipBound", "192.0.2.1"],
    "[2001:DB8::0:1]": ["ipBound", "[2001:db8::1]"],
    "*": ["weakWildcard", "*"],
  };
  for (const [host, expected] of Object.entries(hosts)) {
    const prefix = givenPrefix(`https://${host}:443/`);
    assert.deepEqual([prefix.category, prefix.host], expected);
    assert.equal(prefix.fullPrefix, `https://${prefix.host}:443/`);
  }
});

test("the path is written as people read it", () => {
  assert.equal(givenPrefix("http://+:80/Base Path/葉/a:b/100%/").path, "/base path/葉/a:b/100%/");
});

test("a fault tells its kind, its place and what to write instead", () => {
  const faults: readonly [string, UrlPrefixFaultKind, number, RegExp][] = [
    ["", "scheme", 0, /no scheme; write http:\/\/ or https:\/\//],
    ["://a:80/", "scheme", 0, /no scheme/],
    ["HTTP://a:80/", "scheme", 0, /write http:\/\//],
    ["ftp://a:80/", "scheme", 0, /ftp:\/\/ is not served; write/],
    ["http://:80/", "host", 7, /missing; write a name, \+ for every host/],
    ["http://a..b:80/", "host", 7, /write labels/],
    ["http://me@a:80/", "host", 9, /no "@"; write a name/],
    ["http://a b:80/", "host", 8, /no " "/],
    ["http://a*.b:80/", "wildcard", 8, /write \+, \* or a name like \*\.example\.com/],
    ["http://a.*.b:80/", "wildcard", 9, /whole first label/],
    ["http://a+:80/", "wildcard", 8, /stands alone/],
    ["http://*.:80/", "host", 9, /no host name/],
    ["http://*.a b:80/", "host", 10, /no " "/],
    ["http://*.192.0.2.1:80/", "wildcard", 7, /write a domain/],
    ["http://1.2.3:80/", "address", 7, /write four numbers/],
    ["http://0.0.0.0:80/", "address", 7, /write \* for every address/],
    ["http://[::]:80/", "address", 7, /write \* for every address/],
    ["http://[::ffff:192.0.2.1]:80/", "address", 7, /write 192\.0\.2\.1/],
    ["http://[::1:80/", "address", 7, /no IPv6 address/],
    ["http://[fe80::1%1]:80/", "address", 7, /no IPv6 address/],
    ["http://::1:80/", "address", 7, /in brackets, like \[::1\]/],
    ["http://a/", "port", 8, /missing; write :80/],
    ["https://a:/", "port", 9, /missing; write :443/],
    ["https://[::1]x:1/", "port", 13, /missing/],
    ["http://a:08/", "port", 9, /"08" is no port; write a number from 1 to 65535/],
    ["http://a:65536/", "port", 9, /no port/],
    ["http://a:80?x/", "port", 9, /no port/],
    ["http://a:80", "path", 11, /write \/$/],
    ["http://a:80/b", "path", 13, /write \/b\/$/],
    ["http://a:80//b/", "path", 12, /no empty segments; write one slash/],
    ["http://a:80/b//", "path", 14, /no empty segments/],
    ["http://a:80/b/../c/", "path", 14, /"\.\." is resolved before/],
    ["http://a:80/./", "path", 12, /"\." is resolved/],
    ["http://a:80/b?c/", "path", 13, /no query or fragment; write the path alone/],
    ["http://a:80/b#/", "path", 13, /no query or fragment/],
    ["http://a:80/b%20c/", "path", 13, /write the character itself instead of %20/],
    ["http://a:80/b\u{9}/", "path", 13, /no control characters/],
    ["http://a:80/\u{d800}/", "path", 11, /no valid Unicode/],
    [`http://a:80/b/${"s".repeat(261)}/`, "path", 14, /at most 260 characters/],
    [`http://a:80${"/s".repeat(256)}/`, "path", 11, /at most 255 segments/],
  ];
  for (const [text, kind, offset, message] of faults) {
    const parse = parseUrlPrefix(text);
    assert.ok(parse.kind !== "prefix", text);
    assert.deepEqual([parse.kind, parse.offset], [kind, offset], text);
    assert.match(parse.message, message);
  }
});

test("the longest path that requests can have is a path", () => {
  assert.ok(givenPrefix(`http://+:80${"/s".repeat(255)}/`));
  assert.ok(givenPrefix(`http://+:80/${"s".repeat(260)}/`));
});

const character = fc.constantFrom(...Array.from("aB9-é葉Σİß %:+*."));
const word = fc.string({ unit: character, minLength: 1, maxLength: 6 });
const text = fc
  .record({
    scheme: fc.constantFrom("http", "https"),
    host: fc.oneof(
      fc.constantFrom("+", "*", "[::1]", "[2001:DB8::A]"),
      fc.domain(),
      fc.domain().map((domain) => `*.${domain}`),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      word,
    ),
    port: fc.integer({ min: 1, max: 65_535 }),
    segments: fc.array(word, { maxLength: 4 }),
  })
  .map(({ scheme, host, port, segments }) => {
    return `${scheme}://${host}:${port}/${segments.map((segment) => `${segment}/`).join("")}`;
  });

test("a prefix's full form reads as the same prefix", () => {
  let prefixes = 0;
  const again = fc.property(text, (written) => {
    const parse = parseUrlPrefix(written);
    if (parse.kind !== "prefix") return;
    prefixes++;
    assert.deepEqual(parseUrlPrefix(parse.prefix.fullPrefix), parse);
  });
  fc.assert(again, { numRuns: 2000 });
  assert.ok(prefixes > 500, `${prefixes} of 2000 strings were prefixes`);
});

test("any string is a prefix or has a fault inside it", () => {
  const strings = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "binary" }).map((rest) => `http://${rest}`),
    fc.string({ unit: "binary" }).map((rest) => `http://a:80/${rest}`),
    fc.string({ unit: fc.constantFrom(...Array.from("http:/[]*+.?#%20\u{d800}")), maxLength: 40 }),
  );
  const total = fc.property(strings, (written) => {
    const parse = parseUrlPrefix(written);
    if (parse.kind === "prefix") return;
    assert.ok(parse.offset >= 0 && parse.offset <= written.length, JSON.stringify(parse));
  });
  fc.assert(total, { numRuns: 2000 });
});
