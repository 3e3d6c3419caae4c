import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf, seedOf } from "@penstock/domain";
import { PoolQueue } from "@penstock/request-queue";
import { routedPool } from "@penstock/request-queue/testing";
import { versionCookie } from "./version-cookie.ts";
import { VersionSplit, type VersionShare } from "./version-split.ts";

/** A pool `shop` with a canary; chance gives these numbers, then fails. */
function given(share: VersionShare, ...chances: readonly number[]) {
  const [stable, canary] = ["shop", "shop~canary"].map(
    (name) => new PoolQueue(routedPool(name)),
  ) as [PoolQueue, PoolQueue];
  const left = [...chances];
  const split = new VersionSplit(stable, canary, share);
  const choose = (...fields: readonly string[]) => {
    const { pool, setCookie } = split.choose(
      fields,
      () => left.shift() ?? assert.fail("no chance"),
    );
    return setCookie === "" ? pool.name : `${pool.name} and ${setCookie}`;
  };
  return { stable, canary, choose };
}

test("without stickiness each request is drawn, whatever it says", () => {
  const { choose } = given({ weight: 20 }, 0.19, 0.2, 0.99, 0);
  const said = ["Cookie", "penstock-version=canary"];
  assert.deepEqual(
    [choose(...said), choose(...said), choose(...said), choose(...said)],
    ["shop~canary", "shop", "shop", "shop~canary"],
  );
});

test("by a header, the same value always goes to the same version; who sends none is drawn", () => {
  const { choose } = given({ weight: 50, sticky: { header: "X-User-Id" } }, 0.9);
  for (let user = 0; user < 100; user++) {
    const place = placeOf(String(user), seedOf("shop"));
    const expected = place < 50 ? "shop~canary" : "shop";
    assert.equal(choose("Host", "a", "x-user-id", String(user)), expected);
    assert.equal(choose("X-USER-ID", String(user), "X-User-Id", "another"), expected);
  }
  assert.equal(choose("X-User", "1"), "shop");
});

test("a header may name the version, whatever the weight", () => {
  const sticky = { header: "X-Version" };
  assert.equal(given({ weight: 0, sticky }).choose("X-Version", "canary"), "shop~canary");
  assert.equal(given({ weight: 100, sticky }).choose("X-Version", "stable"), "shop");
});

test("by a cookie, a client is drawn once and given a ticket, and stays where that leads", () => {
  const sticky = { cookie: "version" };
  const { choose } = given({ weight: 20, sticky }, 0.1, 0.5);
  assert.equal(choose(), "shop~canary and version=1000");
  assert.equal(choose("Cookie", "other=1"), "shop and version=5000");
  assert.equal(choose("cookie", "a=b; version=1000"), "shop~canary");
  assert.equal(choose("Cookie", "a=b", "Cookie", "version=5000"), "shop");
  const more = given({ weight: 60, sticky });
  assert.equal(more.choose("Cookie", "version=1000"), "shop~canary");
  assert.equal(more.choose("Cookie", "version=5000"), "shop~canary", "the weight has risen");
});

test("what is no ticket is replaced by one, and a cookie may name the version", () => {
  const { choose } = given({ weight: 20, sticky: { cookie: "version" } }, 0.9, 0.9, 0.9);
  assert.equal(choose("Cookie", "version="), "shop and version=9000");
  assert.equal(choose("Cookie", "version=10000"), "shop and version=9000");
  assert.equal(choose("Cookie", "xversion=1"), "shop and version=9000");
  assert.equal(choose("Cookie", "version=canary"), "shop~canary");
  assert.equal(choose("Cookie", "version=stable"), "shop");
});

test("a canary that is offline or stopped gets nothing, not even what names it", () => {
  const { canary, choose } = given({ weight: 100, sticky: { header: "V" } }, 0, 0, 0);
  assert.equal(choose(), "shop~canary");
  for (const state of ["offline", "disabled"] as const) {
    canary.state = { state, detail: "" };
    assert.equal(choose(), "shop");
    assert.equal(choose("V", "canary"), "shop");
  }
});

test("when the pool is stopped, its canary serves nobody either; when it is offline, it goes on", () => {
  const { stable, choose } = given({ weight: 100 }, 0, 0);
  stable.state = { state: "disabled", detail: "" };
  assert.equal(choose(), "shop");
  stable.state = { state: "offline", detail: "" };
  assert.equal(choose(), "shop~canary");
});

test("the ticket is for the host and the browser's session, for no script, and stays with TLS", () => {
  assert.equal(versionCookie("version=17", false), "version=17; Path=/; HttpOnly; SameSite=Lax");
  assert.equal(
    versionCookie("version=17", true),
    "version=17; Path=/; HttpOnly; SameSite=Lax; Secure",
  );
});
