// What a worker may do to a connection that leaves HTTP: nothing that its client did not ask for, and nothing
// past what its client reads.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BODY_WINDOW } from "@penstock/request-queue";
import { HeadFlag, ToListener } from "@penstock/wire";
import type { About, HostileWorker } from "../test-support/hostile-worker.ts";
import type { AskOptions } from "../test-support/http-client.ts";
import { ListenerWorld, until, withScene, type Scene } from "../test-support/listener-world.ts";

let world: ListenerWorld;
before(async () => {
  world = await ListenerWorld.start();
});
after(() => world[Symbol.asyncDispose]());

const asked: AskOptions = { method: "GET", upgrade: "echo, own/1", body: "" };
const GOOD = "Switching Protocols\nConnection\nUpgrade\nUpgrade\nown/1";

const switching = (text: string) => (hostile: HostileWorker, held: About) =>
  hostile.head(held, { status: 101, text });

const counts = () => Promise.all([world.count("misbehaviours"), world.count("bad gateway")]);

/** The client of what was said gets 502, both are counted. */
function refused(
  what: string,
  say: (hostile: HostileWorker, held: About) => void,
  options: AskOptions = asked,
): void {
  test(`${what}: 502`, () =>
    withScene(
      world,
      async ({ hostile, held, victim }) => {
        const [misbehaviours, refusals] = await counts();
        say(hostile, held);
        const { status, fields, body } = await victim.outcome;
        assert.equal(status, 502);
        assert(!/evil/i.test(fields.join() + body.toString()), "nothing of it reached the client");
        assert.deepEqual(await counts(), [misbehaviours + 1, refusals + 1]);
      },
      options,
    ));
}

refused("a 101 that nobody asked for", switching(GOOD), { body: "a body" });
refused("a 101 to a protocol that was not offered", switching("OK\nUpgrade\nevil"));
refused(
  "a 101 to one that was and one that was not",
  switching("OK\nUpgrade\necho, h2c\nX-Evil\n1"),
);
refused("a 101 to two fields, one not offered", switching("OK\nUpgrade\necho\nupgrade\nevil"));
refused("a 101 without a protocol", switching("OK\nX-Evil\n1"));
refused("a 101 with an empty protocol", switching("OK\nUpgrade\n ,\nX-Evil\n1"));
refused("a 101 that splits a field", switching(`${GOOD}\nX-Evil\n1\r\nSet-Cookie: evil=1`));
refused("a 101 with a line end in its protocol", switching("OK\nUpgrade\necho\r\nX-Evil: 1"));
refused("a 101 with a line end in its reason", switching("OK\r\nX-Evil: 1\nUpgrade\necho"));
refused("a 101 with a name without a value", switching(`${GOOD}\nX-Evil`));
refused("a 101 with 300 KiB of fields", switching(`${GOOD}\nX-Evil\n${"e".repeat(300 * 1024)}`));
refused("a 101 that is its own end", (hostile, held) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(GOOD.length);
  const payload = Buffer.concat([length, Buffer.from(GOOD)]);
  hostile.frame(held, ToListener.head, { flags: HeadFlag.end, number16: 101, payload });
});
for (const status of [99, 101, 200, 1000])
  refused(`an interim answer with status ${status}`, (hostile, held) =>
    hostile.frame(held, ToListener.interim, {
      number16: status,
      payload: Buffer.from("X-Evil\n1"),
    }),
  );
refused("an interim answer that splits a field", (hostile, held) =>
  hostile.frame(held, ToListener.interim, {
    number16: 103,
    payload: Buffer.from("Link\n</a>\r\nX-Evil: 1"),
  }),
);
refused("an interim answer with a name without a value", (hostile, held) =>
  hostile.frame(held, ToListener.interim, { number16: 103, payload: Buffer.from("X-Evil") }),
);

/** A hostile worker at its end of an open tunnel. */
function tunnel(
  what: string,
  attack: (scene: Scene) => Promise<void>,
  options: AskOptions = asked,
): void {
  test(what, () =>
    withScene(
      world,
      async (scene) => {
        scene.hostile.head(scene.held, { status: 101, text: GOOD });
        await until("it is open", () => scene.victim.begun);
        await attack(scene);
      },
      options,
    ),
  );
}

tunnel("fields that frame or steer are left out of a 101", async ({ hostile, held, victim }) => {
  hostile.end(held);
  victim.speak();
  const { fields, cut } = await victim.outcome;
  assert.deepEqual(fields, ["Connection", "Upgrade", "Upgrade", "own/1"]);
  assert.equal(cut, false);
});

tunnel("heads, bodies and ends behind its end are dropped", async ({ hostile, held, victim }) => {
  const earlier = await world.count("misbehaviours");
  hostile.body(held, "the last");
  hostile.end(held);
  hostile.head(held, { text: "OK\nX-Evil\n1", body: "evil" });
  hostile.body(held, "evil");
  hostile.end(held);
  hostile.frame(held, ToListener.interim, { number16: 100 });
  await until("all were counted", async () => (await world.count("misbehaviours")) === earlier + 4);
  victim.speak();
  assert.equal((await victim.outcome).body.toString(), "the last");
});

tunnel(
  "more than the window is cut, and its client sees that it was",
  async ({ hostile, held, victim }) => {
    const earlier = await world.count("misbehaviours");
    const brokenOff = await world.count("broken off");
    for (let sent = 0; sent < 8 * BODY_WINDOW; sent += 128 * 1024)
      hostile.body(held, Buffer.alloc(128 * 1024));
    await until("it was counted", async () => (await world.count("misbehaviours")) > earlier);
    victim.read();
    assert.equal((await victim.outcome).cut, true);
    assert.equal(await world.count("broken off"), brokenOff);
  },
  { ...asked, reads: false },
);

tunnel("a client is read no further than the window", async ({ hostile, held, victim }) => {
  victim.speak(Buffer.alloc(6 * BODY_WINDOW));
  await until("the window is full", () => hostile.bodyBytes >= BODY_WINDOW);
  hostile.credit(held, -1 >>> 0);
  await until("a window more came", () => hostile.bodyBytes >= 2 * BODY_WINDOW);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(hostile.bodyBytes <= 2 * BODY_WINDOW + 256 * 1024, `${hostile.bodyBytes} bytes`);
});
