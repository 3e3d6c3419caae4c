// Messages that are no frames, credit that nobody gave, and more of everything than anybody needs.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BODY_WINDOW } from "@penstock/request-queue";
import { encodeRequest, ToListener } from "@penstock/wire";
import { frameOf, type About, type HostileWorker } from "../test-support/hostile-worker.ts";
import { ListenerWorld, until, withScene } from "../test-support/listener-world.ts";

let world: ListenerWorld;
before(async () => {
  world = await ListenerWorld.start();
});
after(() => world[Symbol.asyncDispose]());

/** What is said is counted so often, and its sender's own request goes on as if nothing had been said. */
function dropped(
  what: string,
  times: number,
  say: (hostile: HostileWorker, held: About) => void,
): void {
  test(`${what}: dropped and counted`, () =>
    withScene(world, async ({ hostile, held, victim }) => {
      const earlier = await world.count("misbehaviours");
      say(hostile, held);
      hostile.head(held, { body: "its own", end: true });
      const { status, body } = await victim.outcome;
      assert.deepEqual([status, body.toString()], [200, "its own"]);
      assert.equal(await world.count("misbehaviours"), earlier + times);
    }));
}

const bytes =
  (...messages: readonly Buffer[]) =>
  (hostile: HostileWorker, { listener }: About) => {
    for (const message of messages) hostile.say(listener, message);
  };

dropped(
  "a message shorter than a frame's header",
  3,
  bytes(Buffer.alloc(1), Buffer.alloc(3), Buffer.alloc(15)),
);
dropped("a frame whose payload is missing", 1, (hostile, held) =>
  hostile.say(
    held.listener,
    frameOf(held, ToListener.body, { payload: Buffer.alloc(9) }).subarray(0, 20),
  ),
);
dropped("a frame with a negative length", 1, (hostile, held) => {
  const frame = frameOf(held, ToListener.body);
  frame.writeInt32LE(-1, 0);
  hostile.say(held.listener, frame);
});
dropped("a frame with a length that would wrap around", 1, (hostile, held) => {
  const frame = frameOf(held, ToListener.body);
  frame.writeUInt32LE(0xff_ff_ff_f0, 0);
  hostile.say(held.listener, frame);
});
dropped("bytes after the last frame", 1, (hostile, held) =>
  hostile.say(
    held.listener,
    Buffer.concat([frameOf(held, ToListener.claim), Buffer.from("and more")]),
  ),
);
dropped("frames of kinds that do not exist", 5, (hostile, held) => {
  for (const kind of [0, 9, 99, 128, 255]) hostile.frame(held, kind, { payload: Buffer.alloc(50) });
});
dropped(
  "an envelope of this version, of none and of another one, instead of frames",
  3,
  (hostile, held) => {
    const numbers = { flags: 0, attempt: 1, exchange: held.exchange, deadlineMs: 0 };
    const envelope = Buffer.from(encodeRequest(numbers, "first\nGET\n/\n\n0\n\n0", undefined));
    for (const version of [1, 0, 2]) {
      envelope[0] = version;
      hostile.say(held.listener, envelope);
    }
  },
);
dropped("a credit without a count, and with too much of one", 3, (hostile, held) => {
  for (const size of [0, 3, 5])
    hostile.frame(held, ToListener.credit, { payload: Buffer.alloc(size) });
});
dropped("credit that is negative, or for more than was ever sent", 3, (hostile, held) => {
  for (const count of [-1 >>> 0, 2 ** 31, 1]) hostile.credit(held, count);
});

test("a probe's answer, a message without a frame, is nothing", () =>
  withScene(world, async ({ hostile, held }) => {
    const earlier = await world.count("misbehaviours");
    hostile.say(held.listener, new Uint8Array(0));
    await hostile.flush();
    await sleep(20);
    assert.equal(await world.count("misbehaviours"), earlier);
  }));

test("a request's body is sent no further than its window, whatever credit is claimed before", () =>
  withScene(
    world,
    async ({ hostile, held }) => {
      const earlier = await world.count("misbehaviours");
      await until("the window is full", () => hostile.bodyBytes >= BODY_WINDOW);
      await sleep(100);
      // One chunk of the client's connection may begin within the window and end beyond it.
      assert.ok(hostile.bodyBytes <= BODY_WINDOW + 128 * 1024, `${hostile.bodyBytes} bytes`);
      hostile.credit(held, -1 >>> 0);
      await until("it was counted", async () => (await world.count("misbehaviours")) > earlier);
      await until("a window more came", () => hostile.bodyBytes >= 2 * BODY_WINDOW);
      await sleep(100);
      assert.ok(hostile.bodyBytes <= 2 * BODY_WINDOW + 256 * 1024, `${hostile.bodyBytes} bytes`);
    },
    { body: Buffer.alloc(6 * BODY_WINDOW) },
  ));

const FLOOD = 20_000;

for (const [what, message] of [
  [
    "claims of requests that nobody made",
    ({ exchange }: About, i: number) =>
      frameOf({ exchange: (exchange + 100 + i) >>> 0, take: i }, ToListener.claim),
  ],
  [
    "replies to requests that nobody made",
    ({ exchange }: About, i: number) =>
      frameOf({ exchange: (exchange + 100 + i) >>> 0, take: i }, ToListener.body, {
        payload: Buffer.alloc(100),
      }),
  ],
  ["random bytes", () => randomBytes(64)],
  ["empty messages", () => Buffer.alloc(0)],
  ["small frames of its own answer", (held: About) => frameOf(held, 99)],
] as const) {
  test(`a flood of ${what} is read to its end, and leaves nothing behind`, () =>
    withScene(world, async ({ hostile, held, victim }) => {
      const earlier = await counted();
      const heapBefore = heapUsed();
      for (let i = 0; i < FLOOD; i++) hostile.say(held.listener, message(held, i));
      // The last word of a connection: when the client has it, all before it was read.
      hostile.head(held);
      await until("all was read", () => victim.begun);
      const expected = what === "empty messages" ? 0 : FLOOD;
      if (what !== "random bytes") assert.equal((await counted()) - earlier, expected);
      const grown = heapUsed() - heapBefore;
      assert.ok(grown < 50_000_000, `the heap grew by ${grown} bytes`);
    }));
}

/** Frames that were read and are of no use, whatever they are called. */
async function counted(): Promise<number> {
  return (await world.count("misbehaviours")) + (await world.count("ignored"));
}

/** Bytes that live, garbage apart. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}
