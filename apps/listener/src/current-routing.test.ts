import assert from "node:assert/strict";
import test from "node:test";
import { localEndpoint } from "@penstock/domain";
import type { RoutedPool } from "@penstock/wire";
import { CurrentRouting } from "./current-routing.ts";
import { givenRoute } from "./given-route.ts";

const HERE = localEndpoint("http", 8080, "127.0.0.1");

function record(...pools: readonly RoutedPool[]) {
  return { version: 1, pools } as const;
}

function poolOf(routing: CurrentRouting, path: string): string {
  const match = routing.table.match(HERE, "shop.example", path);
  return typeof match === "string" ? match : match.name;
}

test("before the first table nothing is routed and no port is open", () => {
  const routing = new CurrentRouting();
  assert.equal(poolOf(routing, "/a/"), "Hostname");
  assert.deepEqual(routing.ports, []);
});

test("a table is swapped as a whole, and tells who came and who went", () => {
  const routing = new CurrentRouting();
  const first = routing.replace(record(givenRoute("a"), givenRoute("b")));
  assert.deepEqual(names(first.added), ["a", "b"]);
  assert.deepEqual(names(first.removed), []);
  const second = routing.replace(record(givenRoute("b"), givenRoute("c")));
  assert.deepEqual(names(second.added), ["c"]);
  assert.deepEqual(names(second.removed), ["a"]);
  assert.equal(poolOf(routing, "/a/"), "NotFound");
  assert.equal(poolOf(routing, "/c/x"), "c");
  assert.equal(routing.pool("a"), undefined);
  assert.deepEqual(names(routing.pools()), ["b", "c"]);
});

test("a pool that goes keeps what waits there until that has left, or it is configured again", () => {
  const routing = new CurrentRouting();
  routing.replace(record(givenRoute("a"), givenRoute("b")));
  const queue = routing.pool("a");
  assert(queue);
  queue.waiting.size = 1;
  routing.replace(record(givenRoute("b")));
  assert.equal(poolOf(routing, "/a/"), "NotFound");
  assert.deepEqual(names(routing.pools()), ["b", "a"]);
  assert.equal(routing.setState("a", { state: "disabled", detail: "removed" }), queue);
  routing.replace(record(givenRoute("a"), givenRoute("b")));
  assert.equal(routing.pool("a"), queue);
  routing.replace(record(givenRoute("b")));
  queue.waiting.size = 0;
  routing.setState("b", { state: "started" });
  assert.equal(routing.pool("a"), undefined);
});

test("a pool that stays keeps its queue, and takes its new limits over", () => {
  const routing = new CurrentRouting();
  routing.replace(record(givenRoute("a")));
  const queue = routing.pool("a");
  routing.replace(record(givenRoute("a", { queueLength: 10, urls: ["http://+:9090/"] })));
  assert.equal(routing.pool("a"), queue);
  assert.equal(queue?.route.queueLength, 10);
  assert.deepEqual(routing.ports, [{ port: 9090, scheme: "http" }]);
});

test("a state that comes before its pool is not forgotten", () => {
  const routing = new CurrentRouting();
  assert.equal(routing.setState("a", { state: "offline", detail: "why" }), undefined);
  routing.replace(record(givenRoute("a"), givenRoute("b")));
  assert.deepEqual(routing.pool("a")?.state, { state: "offline", detail: "why" });
  assert.deepEqual(routing.pool("b")?.state, { state: "started" });
});

test("a state of a known pool is in force at once", () => {
  const routing = new CurrentRouting();
  routing.replace(record(givenRoute("a")));
  const pool = routing.setState("a", { state: "disabled", detail: "" });
  assert.equal(pool, routing.pool("a"));
  assert.equal(pool?.state.state, "disabled");
});

test("a table that cannot be read leaves the old one in force", () => {
  const routing = new CurrentRouting();
  routing.replace(record(givenRoute("a")));
  const odd = givenRoute("odd", { urls: ["gopher://+:70/"] });
  assert.throws(() => routing.replace(record(odd)), /"gopher:\/\/\+:70\/", which is no UrlPrefix/);
  const conflict = givenRoute("b", { urls: ["http://+:8080/a/"] });
  assert.throws(() => routing.replace(record(givenRoute("a"), conflict)), /prefixes that conflict/);
  assert.equal(poolOf(routing, "/a/"), "a");
});

function names(pools: Iterable<{ readonly name: string }>): string[] {
  return Array.from(pools, ({ name }) => name);
}

test("a table that cannot be read changes nothing", () => {
  const routing = new CurrentRouting();
  routing.replace(record(givenRoute("a")));
  const odd = givenRoute("odd", { urls: ["gopher://+:70/"] });
  assert.throws(() => routing.replace(record(odd)), /"gopher:\/\/\+:70\/", which is no UrlPrefix/);
  const conflict = givenRoute("b", { urls: ["http://+:8080/a/"] });
  assert.throws(() => routing.replace(record(givenRoute("a"), conflict)), /prefixes that conflict/);
  assert.equal(poolOf(routing, "/a/"), "a");
  assert.deepEqual(names(routing.pools()), ["a"]);
});

test("a pool's groups are divided while its record names a canary, which has no route of its own", () => {
  const routing = new CurrentRouting();
  const split = () => {
    const match = routing.table.match(HERE, "shop.example", "/a/");
    assert(typeof match !== "string");
    return match.split;
  };
  const canary = givenRoute("a~canary", { urls: [], urlGroups: [] });
  routing.replace(record(givenRoute("a"), givenRoute("b")));
  assert.equal(split(), undefined);
  const divided = { ...givenRoute("a"), canary: { pool: "a~canary", weight: 20 } };
  routing.replace(record(divided, canary));
  assert.equal(split()?.stable, routing.pool("a"));
  assert.equal(split()?.canary, routing.pool("a~canary"));
  const queue = routing.pool("a");
  assert.throws(() => routing.replace(record(divided)), /names a canary "a~canary"/);
  assert.equal(split()?.stable, queue, "a table that is not valid changes nothing");
  routing.replace(record(givenRoute("a")));
  assert.equal(split(), undefined);
  assert.equal(routing.pool("a"), queue);
});
