import assert from "node:assert/strict";
import { test } from "node:test";
import { givenPrefix, givenTable, type GivenTarget } from "./given-routing.ts";
import { localEndpoint } from "./local-endpoint.ts";
import { buildRoutingTable, type RoutingTable } from "./routing-table.ts";

const endpoint = localEndpoint("http", 80, "192.0.2.1");

function ask(table: RoutingTable<GivenTarget>, host: string | undefined, target: string): string {
  const found = table.match(endpoint, host, target);
  return typeof found === "string" ? found : found.prefix;
}

test("the very target that was registered comes back", () => {
  const target = { name: "shop" };
  const build = buildRoutingTable([[givenPrefix("http://+:80/shop/"), target]]);
  assert.ok(build.kind === "table");
  assert.equal(build.table.match(endpoint, "a", "/Shop/cart"), target);
});

test("prefixes in conflict make no table", () => {
  const twice = ["http://a:80/", "http://A:80/"].map((text) => [givenPrefix(text), {}] as const);
  const build = buildRoutingTable(twice);
  assert.ok(build.kind === "conflicts");
  assert.deepEqual(
    build.conflicts.map(({ kind }) => kind),
    ["already_exists"],
  );
});

test("a table knows the ports that a listener has to open", () => {
  const table = givenTable("http://a:80/", "https://b:443/", "http://+:80/x/");
  assert.deepEqual(table.ports, [
    { port: 80, scheme: "http" },
    { port: 443, scheme: "https" },
  ]);
});

test("the categories are searched in order, and the first that covers the path ends the search", () => {
  const table = givenTable(
    "http://+:80/1/",
    "http://a.example:80/2/",
    "http://*.example:80/3/",
    "http://192.0.2.1:80/4/",
    "http://*:80/",
    "http://*:80/1/2/3/4/",
  );
  const found = ["/1/2/3/4", "/2", "/3", "/4", "/5"].map((path) => ask(table, "a.example", path));
  assert.deepEqual(found, [
    "http://+:80/1/",
    "http://a.example:80/2/",
    "http://*.example:80/3/",
    "http://192.0.2.1:80/4/",
    "http://*:80/",
  ]);
});

test("an exact host goes before its domain's wildcard, which covers one label", () => {
  const table = givenTable("http://*.example:80/", "http://a.example:80/");
  assert.equal(ask(table, "A.example:80", "/"), "http://a.example:80/");
  assert.equal(ask(table, "b.example", "/"), "http://*.example:80/");
  assert.equal(ask(table, "b.a.example", "/"), "Hostname");
  assert.equal(ask(table, "example", "/"), "Hostname");
});

test("an IP-bound prefix goes by the address that the connection arrived on", () => {
  const table = givenTable("http://192.0.2.1:80/", "http://[::1]:80/");
  assert.equal(ask(table, "whatever.example", "/"), "http://192.0.2.1:80/");
  assert.equal(ask(table, "[::1]", "/"), "http://192.0.2.1:80/");
  assert.equal(table.match(localEndpoint("http", 80, "192.0.2.2"), "192.0.2.1", "/"), "Hostname");
});

test("the port is the connection's, not the Host header's, so a port mapping changes nothing", () => {
  const table = givenTable("http://a.example:80/", "http://a.example:8080/");
  for (const host of ["a.example", "a.example:9000", "a.example:8080", "a.example:"]) {
    assert.equal(ask(table, host, "/"), "http://a.example:80/");
  }
});

test("a port without prefixes, or of the other scheme, knows no host", () => {
  const table = givenTable("http://+:80/");
  assert.equal(table.match(localEndpoint("http", 81, ""), "a", "/"), "Hostname");
  assert.equal(table.match(localEndpoint("https", 80, ""), "a", "/"), "Hostname");
});

test("an unknown host is Hostname, a known host without the path is NotFound", () => {
  const table = givenTable("http://a.example:80/x/");
  assert.equal(ask(table, "b.example", "/x/"), "Hostname");
  assert.equal(ask(table, "a.example", "/y/"), "NotFound");
  for (const prefix of ["http://+:80/x/", "http://192.0.2.1:80/x/", "http://*:80/x/"]) {
    assert.equal(ask(givenTable(prefix), "b.example", "/y/"), "NotFound");
  }
});

test("a missing or unreadable Host header is Hostname, also beside an absolute target", () => {
  const table = givenTable("http://+:80/");
  for (const host of [undefined, "", "a b", "a:x", "+", "*"]) {
    assert.equal(ask(table, host, "/"), "Hostname");
    assert.equal(ask(table, host, "http://a/"), "Hostname");
    assert.equal(ask(table, host, "*"), "Hostname");
  }
});

test("an absolute target's host wins over the Host header", () => {
  const table = givenTable("http://a.example:80/x/", "http://b.example:80/");
  assert.equal(ask(table, "b.example", "http://A.example:9000/X/y"), "http://a.example:80/x/");
  assert.equal(ask(table, "b.example", "https://a.example/"), "NotFound");
  assert.equal(ask(table, "b.example", "http://me@a.example/"), "Hostname");
});

test("asterisk-form is for whoever has the root", () => {
  assert.equal(ask(givenTable("http://+:80/"), "a", "*"), "http://+:80/");
  assert.equal(ask(givenTable("http://+:80/x/"), "a", "*"), "NotFound");
});

test("a target that is no URL is refused before the host is looked at", () => {
  const table = givenTable("http://+:80/");
  for (const target of ["", "x", "/%", "/\u{e1}", "http://a?q", "http://a/%01", "a:443"]) {
    assert.equal(ask(table, undefined, target), "URL", target);
  }
});

test("upper case, escapes and dot segments lead to the same target", () => {
  const table = givenTable("http://+:80/base path/sub/");
  for (const target of ["/base%20path/sub", "/BASE%20Path/SUB/x?y", "//x/../base%20path/./sub/"]) {
    assert.equal(ask(table, "a", target), "http://+:80/base path/sub/");
  }
});

test("more Host headers than are remembered change no answer", () => {
  const table = givenTable("http://*.example:80/", "http://a7.example:80/");
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 3000; n++) {
      const expected = n === 7 ? "http://a7.example:80/" : "http://*.example:80/";
      assert.equal(ask(table, `a${n}.example`, "/"), expected);
    }
  }
});
