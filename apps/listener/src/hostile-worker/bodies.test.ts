// Answers that begin well and go wrong: the client's connection is cut, which is the only way left to tell it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ToListener } from "@penstock/wire";
import { BODY_WINDOW } from "@penstock/request-queue";
import type { About, HostileWorker } from "../test-support/hostile-worker.ts";
import { ListenerWorld, until, withScene } from "../test-support/listener-world.ts";

let world: ListenerWorld;
before(async () => {
  world = await ListenerWorld.start();
});
after(() => world[Symbol.asyncDispose]());

/** What follows a good head makes the listener cut the answer, counted once. */
function cut(what: string, text: string, say: (hostile: HostileWorker, held: About) => void): void {
  test(`${what}: the answer is cut`, () =>
    withScene(world, async ({ hostile, held, victim }) => {
      const earlier = await world.count("broken off");
      hostile.head(held, { text });
      await until("the client has the head", () => victim.begun);
      say(hostile, held);
      const outcome = await victim.outcome;
      assert.deepEqual([outcome.status, outcome.cut], [200, true]);
      assert(!outcome.body.toString().includes("evil"));
      assert.equal(await world.count("broken off"), earlier + 1);
    }));
}

cut("a body beyond its Content-Length, in one piece", "OK\nContent-Length\n2", (hostile, held) =>
  hostile.body(held, "evil"),
);

cut(
  "a body beyond its Content-Length, in the last of many",
  "OK\nContent-Length\n9",
  (hostile, held) => {
    for (const piece of ["123", "456", "789", "evil"]) hostile.body(held, piece);
  },
);

cut("a body short of its Content-Length", "OK\nContent-Length\n9", (hostile, held) => {
  hostile.body(held, "123");
  hostile.end(held);
});

cut("no body where a Content-Length promised one", "OK\nContent-Length\n9", (hostile, held) =>
  hostile.end(held),
);

cut("an answer that is taken back", "OK", (hostile, held) => {
  hostile.body(held, "123");
  hostile.frame(held, ToListener.reset, { payload: Buffer.from("evil") });
});

cut("an answer that is given up", "OK", (hostile, held) => hostile.frame(held, ToListener.abandon));

test("a body beyond the window, for a client that does not read: the answer is cut", () =>
  withScene(
    world,
    async ({ hostile, held, victim }) => {
      const earlier = await Promise.all([world.count("misbehaviours"), world.count("broken off")]);
      hostile.head(held);
      const chunk = Buffer.alloc(500_000);
      for (let sent = 0; !hostile.heard.includes("cancel"); sent += chunk.length) {
        // What the machine's own buffers take counts as read.
        assert.ok(sent < 20 * BODY_WINDOW, "it is cut");
        hostile.body(held, chunk);
        await hostile.flush();
      }
      victim.read();
      assert.equal((await victim.outcome).cut, true);
      const counted = await Promise.all([world.count("misbehaviours"), world.count("broken off")]);
      assert.deepEqual(counted, [earlier[0] + 1, earlier[1] + 1]);
    },
    { reads: false },
  ));

for (const [what, kind] of [
  ["a body before its head", ToListener.body],
  ["an end before its head", ToListener.end],
] as const) {
  test(`${what}: 502`, () =>
    withScene(world, async ({ hostile, held, victim }) => {
      const earlier = await world.count("misbehaviours");
      hostile.frame(held, kind, { payload: Buffer.from("evil") });
      assert.equal((await victim.outcome).status, 502);
      assert.equal(await world.count("misbehaviours"), earlier + 1);
    }));
}

test("a second head is dropped and counted, and the first answer goes on", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    const earlier = await world.count("misbehaviours");
    hostile.head(held, { text: "OK\nX-First\n1", body: "a" });
    hostile.head(held, { status: 500, text: "no\nX-Evil\n1", body: "evil" });
    hostile.body(held, "b");
    hostile.end(held);
    const { status, fields, body } = await victim.outcome;
    assert.deepEqual([status, body.toString()], [200, "ab"]);
    assert(!fields.includes("X-Evil"));
    assert.equal(await world.count("misbehaviours"), earlier + 1);
  }));

for (const [what, trailers] of [
  ["that are no HTTP", "X-Evil\n1\r\nX-More: evil"],
  ["that lack a value", "X-Evil"],
  ["that frame another message", "Transfer-Encoding\nchunked\nContent-Length\n4"],
  ["of 300 KiB", `X-Evil\n${"e".repeat(300 * 1024)}`],
] as const) {
  test(`trailers ${what} are dropped, and the body before them is whole`, () =>
    withScene(world, async ({ hostile, held, victim }) => {
      hostile.head(held, { text: "OK", body: "whole" });
      hostile.end(held, trailers);
      const outcome = await victim.outcome;
      assert.deepEqual([outcome.status, outcome.cut], [200, false]);
      assert.equal(outcome.body.toString(), "whole");
      assert.deepEqual(outcome.trailers, []);
    }));
}
