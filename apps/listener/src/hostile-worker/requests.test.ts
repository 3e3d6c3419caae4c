// Words about requests that a worker does not hold: nobody's, somebody else's, its own of yesterday. They
// change nothing, and are counted.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ClaimFlag, ToListener } from "@penstock/wire";
import type { About, HostileWorker } from "../test-support/hostile-worker.ts";
import { ListenerWorld, until, withScene } from "../test-support/listener-world.ts";

let world: ListenerWorld;
before(async () => {
  world = await ListenerWorld.start();
});
after(() => world[Symbol.asyncDispose]());

/** Every kind of frame that says something of a request, claims apart. */
function sayEverything(hostile: HostileWorker, about: About): void {
  hostile.head(about, { text: "OK\nX-Evil\n1", body: "evil" });
  hostile.body(about, "evil");
  hostile.credit(about, 1000);
  hostile.head(about, { text: "OK", body: "evil", end: true });
  hostile.end(about);
  hostile.frame(about, ToListener.reset, { payload: Buffer.from("evil") });
  hostile.frame(about, ToListener.abandon);
}

/** How many frames that says. */
const EVERYTHING = 7;

/** Waits until so many frames of a pool were ignored, and none more. */
async function ignored(count: number, pool = "shop"): Promise<void> {
  await until(`${count} were ignored`, async () => (await world.count("ignored", pool)) >= count);
  assert.equal(await world.count("ignored", pool), count);
}

/** The takes that an honest worker has named so far are among these. */
const TAKES = Array.from({ length: 40 }, (_, take) => take);

test("replies to a request that nobody made are dropped", () =>
  withScene(world, async ({ hostile, held }) => {
    const earlier = await world.count("ignored");
    sayEverything(hostile, { ...held, exchange: (held.exchange + 1_000_000) >>> 0 });
    await ignored(earlier + EVERYTHING);
  }));

test("replies to a request that is finished are dropped", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    hostile.head(held, { body: "once", end: true });
    assert.equal((await victim.outcome).body.toString(), "once");
    const earlier = await world.count("ignored");
    sayEverything(hostile, held);
    await ignored(earlier + EVERYTHING);
  }));

test("replies to a request whose client has left are dropped", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    victim.leave();
    await until("it was cancelled", () => hostile.heard.includes("cancel"));
    const earlier = await world.count("ignored");
    sayEverything(hostile, held);
    await ignored(earlier + EVERYTHING);
  }));

test("replies to what it holds under another take are dropped", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    const earlier = await world.count("ignored");
    sayEverything(hostile, { ...held, take: held.take + 1 });
    await ignored(earlier + EVERYTHING);
    hostile.head(held, { body: "its own", end: true });
    assert.equal((await victim.outcome).body.toString(), "its own");
  }));

test("replies to another worker's request of the same pool are dropped, whatever take they name", () =>
  withScene(world, async ({ hostile, held, foreign }) => {
    const earlier = await world.count("ignored");
    for (const take of TAKES) sayEverything(hostile, { ...held, exchange: foreign, take });
    await ignored(earlier + EVERYTHING * TAKES.length);
  }));

test("replies of another pool's worker are dropped, whatever they name", () =>
  withScene(world, async ({ held, foreign, victim, hostile }) => {
    await using stranger = await world.hostile("blog");
    const earlier = await world.count("ignored", "blog");
    for (const exchange of [held.exchange, foreign])
      for (const take of TAKES) sayEverything(stranger, { ...held, exchange, take });
    await stranger.flush();
    await ignored(earlier + 2 * EVERYTHING * TAKES.length, "blog");
    hostile.head(held, { body: "its own", end: true });
    assert.equal((await victim.outcome).body.toString(), "its own");
  }));

test("another pool's worker cannot claim a request that waits", () =>
  withScene(world, async ({ hostile, held }) => {
    await using stranger = await world.hostile("blog");
    const earlier = await world.count("ignored", "blog");
    const waiting = world.ask("/shop/waits", { body: "x" });
    await until("it waits", async () => (await world.count("in flight")) === 3);
    // Its number is one of the next.
    for (let next = 1; next < 20; next++) {
      const exchange = (held.exchange + next) >>> 0;
      stranger.frame({ ...held, exchange, take: 1 }, ToListener.claim, { flags: ClaimFlag.asks });
    }
    await until("all were answered", () => stranger.heard.length === 19);
    assert.deepEqual([...new Set(stranger.heard)], ["refuse"]);
    assert.equal(await world.count("ignored", "blog"), earlier + 19);
    hostile.pull();
    await until("one of its own pool has it", () => hostile.taken.length === 2);
    const taken = hostile.taken[1];
    assert(taken);
    hostile.claim(taken);
    hostile.head(hostile.about(taken), { body: "waited", end: true });
    assert.equal((await waiting.outcome).body.toString(), "waited");
  }));

test("a second claim of what it holds, under another take, is refused", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    const earlier = await world.count("ignored");
    hostile.frame({ ...held, take: held.take + 1 }, ToListener.claim, { flags: ClaimFlag.asks });
    await until("it was refused", () => hostile.heard.includes("refuse"));
    assert.equal(await world.count("ignored"), earlier + 1);
    hostile.head(held, { body: "still its own", end: true });
    assert.equal((await victim.outcome).body.toString(), "still its own");
  }));

test("the same claim again is a renewal, and granted", () =>
  withScene(world, async ({ hostile, held }) => {
    const grants = () => hostile.heard.filter((kind) => kind === "grant").length;
    hostile.frame(held, ToListener.claim);
    await until("it was granted again", () => grants() === 2);
  }));

for (const [what, flags] of [
  ["plainly", 0],
  ["asking", ClaimFlag.asks],
  ["as answered already", ClaimFlag.answering],
] as const) {
  test(`a claim of what another worker of the pool holds, ${what}, is refused`, () =>
    withScene(world, async ({ hostile, held, foreign }) => {
      const earlier = await world.count("ignored");
      for (const take of TAKES)
        hostile.frame({ ...held, exchange: foreign, take }, ToListener.claim, { flags });
      const refusals = () => hostile.heard.filter((kind) => kind === "refuse").length;
      await until("all were refused", () => refusals() === TAKES.length);
      assert.equal(await world.count("ignored"), earlier + TAKES.length);
    }));
}

test("replies to another listener reach nobody: its requests have other numbers, or none", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    await using second = await world.secondListener();
    const there = second.ask("/shop/there", { body: "x" });
    hostile.pull();
    await until("it has one of the other listener", () => hostile.taken.length === 2);
    const taken = hostile.taken[1];
    assert(taken);
    assert.notEqual(hostile.about(taken).listener, held.listener);
    hostile.claim(taken);
    const earlier = await second.count("ignored");
    sayEverything(hostile, { ...held, listener: hostile.about(taken).listener });
    await until(
      "they were ignored",
      async () => (await second.count("ignored")) === earlier + EVERYTHING,
    );
    hostile.head(hostile.about(taken), { body: "there", end: true });
    assert.equal((await there.outcome).body.toString(), "there");
    hostile.head(held, { body: "here", end: true });
    assert.equal((await victim.outcome).body.toString(), "here");
  }));

test("giving up everything costs it its own requests and nobody else's", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    hostile.frame({ ...held, exchange: 0, take: 0 }, ToListener.abandon);
    const { status, body } = await victim.outcome;
    assert.equal(status, 502);
    assert.match(body.toString(), /Connection_Abandoned_By_ReqQueue/);
  }));
