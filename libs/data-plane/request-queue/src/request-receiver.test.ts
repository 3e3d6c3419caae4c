// The worker's end, with a listener that a test speaks for: rules 1, 2, 3 and 5 of the receiver.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ClaimFlag, RequestFlag, ToWorker } from "@penstock/wire";
import { CLAIM_WAIT_MS, BLOCKING_MS, CLAIM_RENEWAL_MS, RENEWALS_UNTIL_LOST } from "./limits.ts";
import { World } from "./test-support/world.ts";

function serving(slots = 4) {
  const world = new World();
  const worker = world.worker("w1", slots);
  const listener = world.rawListener("raw");
  return { world, worker, listener, runs: worker.application.runs };
}

test("the claim and the whole small answer of a request are one message", async () => {
  const { world, worker, listener } = serving();
  worker.application.behave = (run) => run.answer();
  await world.settle();
  listener.publish(7);
  await world.settle();
  assert.deepEqual(listener.saidKinds, ["claim", "head"]);
  assert.equal(listener.messages, 1);
  assert.equal(listener.said[1]?.payload.toString(), "/7");
  assert.equal(world.broker.queue("shop")?.depth, 0);
});

test("a claim names the attempt and a number of its own", async () => {
  const { world, listener, worker } = serving();
  listener.publish(7);
  listener.publish(8);
  await world.settle();
  assert.equal(world.broker.queue("shop")?.depth, 0);
  assert.deepEqual(
    listener.said.map(({ kind, exchange }) => [kind, exchange]),
    [
      ["claim", 7],
      ["claim", 8],
    ],
  );
  assert.equal(new Set(listener.said.map(({ take }) => take)).size, 2);
  assert.deepEqual([worker.receiver.running, worker.receiver.taken], [2, 2]);
});

test("no more is taken than there are slots, and a slot that is free is filled", async () => {
  const { world, worker, listener, runs } = serving(3);
  for (let exchange = 1; exchange <= 10; exchange++) listener.publish(exchange);
  await world.settle();
  assert.equal(runs.length, 3);
  runs[1]?.answer();
  await world.settle();
  assert.equal(runs.length, 4);
  for (let index = 0; index < 10; index++) {
    runs[index]?.answer();
    await world.settle();
  }
  assert.equal(runs.length, 10);
  assert.equal(worker.receiver.running, 0);
});

test("slots that become free are asked for together, not one by one", async () => {
  const { world, worker, listener } = serving(100);
  worker.application.behave = (run) => run.answer();
  for (let exchange = 1; exchange <= 10; exchange++) listener.publish(exchange);
  await world.settle();
  listener.publish(11);
  await world.settle();
  const queue = world.broker.queue("shop");
  assert.equal(queue?.openPulls, 1);
  for (let exchange = 12; exchange <= 40; exchange++) listener.publish(exchange);
  await world.settle();
  assert.equal(queue?.openPulls, 2);
});

test("a pull that brought nothing is made again", async () => {
  const { world, listener, runs } = serving();
  await world.pass(60_000, 500);
  listener.publish(1);
  await world.settle();
  assert.equal(runs.length, 1);
});

test("a request starts at once", async () => {
  const { world, listener, runs } = serving();
  listener.publish(1);
  await world.settle();
  assert.equal(listener.said[0]?.flags, 0);
  assert.equal(runs.length, 1);
});

for (const [what, publish] of [
  ["a request that its listener marked", { flags: RequestFlag.grantRequired }],
  ["a request past its deadline", { deadlineMs: 1 }],
] as const) {
  test(`${what} waits for the grant`, async () => {
    const { world, worker, listener, runs } = serving();
    listener.publish(1, publish);
    await world.settle();
    assert.equal(listener.said[0]?.flags, ClaimFlag.asks);
    assert.equal(runs.length, 0);
    assert.equal(worker.receiver.running, 1);
    listener.grant(listener.said[0]);
    await world.settle();
    assert.equal(runs.length, 1);
    listener.grant(listener.said[0]);
    await world.settle();
    assert.equal(runs.length, 1);
  });
}

test("what a process finds in its socket after it stood still waits for the grant", async () => {
  const { world, worker, listener, runs } = serving(1);
  await world.settle();
  listener.publish(1);
  world.scheduler.choose = (channels) =>
    channels.find(({ name }) => worker.life.state === "running" || name !== "broker to worker w1");
  worker.life.freeze();
  await world.pass(CLAIM_WAIT_MS + 100);
  worker.life.thaw();
  await world.settle();
  assert.equal(runs.length, 0);
  assert.equal(worker.receiver.running, 1);
  assert.equal(listener.said.at(-1)?.flags, ClaimFlag.asks);
});

test("a refused request never reaches the application, and its slot is free", async () => {
  const { world, worker, listener, runs } = serving(1);
  listener.publish(1, { flags: RequestFlag.grantRequired });
  listener.publish(2);
  await world.settle();
  listener.refuse(listener.said[0]!);
  await world.settle();
  assert.deepEqual(
    runs.map(({ target }) => target),
    ["/2"],
  );
  assert.equal(worker.receiver.running, 1);
});

test("a request that started and is refused is cancelled", async () => {
  const { world, worker, listener, runs } = serving();
  listener.publish(1);
  await world.settle();
  listener.refuse(listener.said[0]!);
  await world.settle();
  assert.equal(runs[0]?.cancelled, true);
  runs[0]?.answer();
  await world.settle();
  assert.deepEqual(listener.saidKinds, ["claim"]);
  assert.equal(worker.receiver.running, 0);
});

test("body frames before the grant's start, and after the end, do no harm", async () => {
  const { world, listener, runs } = serving();
  listener.publish(1, { flags: RequestFlag.grantRequired | RequestFlag.bodyFollows });
  await world.settle();
  const [claim] = listener.said;
  listener.grant(claim!);
  listener.body(claim!, Buffer.from("a"));
  listener.end(claim!, "T\n1");
  await world.settle();
  assert.equal(runs[0]?.received.toString(), "a");
  assert.deepEqual(runs[0]?.trailers, ["T", "1"]);
  runs[0]?.answer();
  await world.settle();
  listener.body(claim!, Buffer.from("b"));
  listener.credit(claim!, 100);
  listener.cancel(claim!);
  await world.settle();
  assert.equal(runs[0]?.received.toString(), "a");
  assert.equal(runs[0]?.cancelled, false);
});

test("frames about another attempt, or with an odd shape, are ignored", async () => {
  const { world, worker, listener, runs } = serving();
  listener.publish(1);
  await world.settle();
  const [claim] = listener.said;
  assert.ok(claim);
  listener.cancel({ ...claim, exchange: 2 });
  listener.cancel({ ...claim, take: 99 });
  listener.frame(claim, ToWorker.credit, Buffer.of(1));
  listener.frame(claim, 99);
  listener.say(Buffer.alloc(20, 0xff));
  await world.settle();
  assert.equal(runs[0]?.cancelled, false);
  assert.deepEqual(worker.malformed, ["a frame of kind 99", "frames that are cut"]);
});

test("a message that is no request is reported, and holds no slot", async () => {
  const { world, worker, listener, runs } = serving(1);
  listener.publishBytes(Buffer.from("no request"));
  listener.publish(1);
  await world.settle();
  assert.deepEqual(worker.malformed, ["shorter than its fixed part"]);
  assert.equal(runs.length, 1);
  assert.equal(world.broker.queue("shop")?.depth, 0);
});

test("arbitrary messages from a queue or a listener throw nothing", async () => {
  const { world, worker, listener } = serving();
  worker.application.behave = (run) => run.answer();
  listener.publish(1);
  await world.settle();
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      listener.publishBytes(bytes);
      listener.say(bytes);
      world.scheduler.run();
    }),
  );
  assert.deepEqual(world.broker.failures, []);
  assert.equal(worker.receiver.running, 0);
});

test("an application that throws at its start breaks off, and harms no other", async () => {
  const { world, worker, listener } = serving();
  worker.application.behave = (run) => {
    if (run.target === "/1") throw new Error("at start");
    run.answer();
  };
  listener.publish(1);
  listener.publish(2);
  await world.settle();
  assert.deepEqual(
    listener.said
      .filter(({ kind }) => kind !== "claim")
      .map(({ kind, exchange }) => [kind, exchange]),
    [
      ["reset", 1],
      ["head", 2],
    ],
  );
  assert.equal(worker.receiver.running, 0);
});

test("an application that throws at its body breaks off, and other frames of the message arrive", async () => {
  const { world, listener, runs } = serving();
  listener.publish(1, { flags: RequestFlag.bodyFollows });
  listener.publish(2, { flags: RequestFlag.bodyFollows });
  await world.settle();
  runs[0]!.body = () => {
    throw new Error("at body");
  };
  listener.together(() => {
    listener.body(listener.said[0]!, Buffer.from("a"));
    listener.body(listener.said[1]!, Buffer.from("b"));
  });
  await world.settle();
  assert.equal(runs[1]?.received.toString(), "b");
  assert.equal(listener.said.at(-1)?.kind, "reset");
  assert.equal(listener.said.at(-1)?.payload.toString(), "at body");
  assert.equal(world.broker.failures.length, 1);
});

/** Everything that was said is heard before the worker's next turn ends. */
function hearFirst({ scheduler }: World): void {
  scheduler.choose = (channels) =>
    channels.find(({ name }) => !name.startsWith("turns")) ?? channels[0];
}

test("once the application has blocked its process, a request starts after its claim has left", async () => {
  const { world, worker, listener } = serving();
  await world.settle();
  hearFirst(world);
  const heardAtStart: boolean[] = [];
  worker.application.behave = (run) => {
    heardAtStart.push(listener.said.some(({ exchange }) => `/${exchange}` === run.target));
    world.clock.advance(BLOCKING_MS + 1);
    run.answer();
  };
  for (const exchange of [1, 2, 3]) {
    listener.publish(exchange);
    await world.settle();
  }
  assert.deepEqual(heardAtStart, [false, true, true]);
  assert.equal(listener.said.filter(({ kind }) => kind === "head").length, 3);
  assert.equal(worker.receiver.running, 0);
});

test("a request that is about to start is started by its body, and not after its cancel", async () => {
  const { world, worker, listener, runs } = serving();
  worker.application.behave = () => world.clock.advance(BLOCKING_MS + 1);
  listener.publish(1);
  await world.settle();
  worker.application.behave = () => {};
  hearFirst(world);
  const bodyFollows = { flags: RequestFlag.bodyFollows };
  listener.publish(2, bodyFollows);
  listener.publish(3, bodyFollows);
  while (listener.said.length < 3) world.scheduler.step();
  assert.equal(runs.length, 1);
  listener.body(listener.said[1]!, Buffer.from("a"));
  listener.cancel(listener.said[2]!);
  await world.settle();
  assert.deepEqual(
    runs.map(({ target, received }) => target + received.toString()),
    ["/1", "/2a"],
  );
});

test("a claim about which nothing is heard is said again, and any answer keeps it", async () => {
  const { world, listener, runs } = serving();
  listener.publish(1);
  await world.pass(CLAIM_RENEWAL_MS + 100);
  assert.deepEqual(listener.saidKinds, ["claim"]);
  runs[0]?.begin();
  for (let rounds = 0; rounds < 10; rounds++) {
    await world.pass(2 * CLAIM_RENEWAL_MS, 500);
    const renewed = listener.said.at(-1);
    assert.equal(renewed?.kind, "claim");
    assert.equal(renewed?.flags, ClaimFlag.answering);
    listener.grant(renewed);
  }
  assert.equal(runs[0]?.cancelled, false);
});

test("a claim that is refused when it is said again is cancelled", async () => {
  const { world, worker, listener, runs } = serving();
  listener.publish(1);
  await world.pass(2 * CLAIM_RENEWAL_MS + 100, 500);
  assert.deepEqual(listener.saidKinds, ["claim", "claim"]);
  listener.refuse(listener.said[1]!);
  await world.settle();
  assert.equal(runs[0]?.cancelled, true);
  assert.equal(worker.receiver.running, 0);
});

test("a listener that says nothing is gone: its requests are given back and their slots free", async () => {
  const { world, worker, listener, runs } = serving();
  listener.publish(1);
  listener.publish(2, { flags: RequestFlag.grantRequired });
  await world.pass((RENEWALS_UNTIL_LOST + 2) * CLAIM_RENEWAL_MS + 100, 500);
  assert.equal(runs.length, 1);
  assert.equal(runs[0]?.cancelled, true);
  assert.equal(worker.receiver.running, 0);
  assert.deepEqual(listener.saidKinds.slice(-2), ["abandon", "abandon"]);
  assert.deepEqual(
    listener.said.slice(-2).map(({ exchange }) => exchange),
    [1, 2],
  );
});

test("when the connection is back every listener is told once, before anything is taken", async () => {
  const { world, worker, listener } = serving();
  const other = world.rawListener("other");
  listener.publish(1);
  listener.publish(2);
  other.publish(9);
  await world.settle();
  listener.said.length = 0;
  other.said.length = 0;
  worker.connection.break();
  listener.publish(3);
  await world.settle();
  worker.connection.restore();
  await world.settle();
  assert.deepEqual(
    listener.said.map(({ kind, exchange }) => [kind, exchange]),
    [
      ["abandon", 0],
      ["claim", 3],
    ],
  );
  assert.deepEqual(
    other.said.map(({ kind, exchange }) => [kind, exchange]),
    [["abandon", 0]],
  );
});
