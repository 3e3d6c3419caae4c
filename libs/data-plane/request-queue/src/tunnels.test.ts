// A tunnel through both ends of the protocol: who may end what when, and what ends all of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestFlag } from "@penstock/wire";
import { BODY_WINDOW, CREDIT_STEP, FIRST_WINDOW, TUNNEL_CLOSE_MS } from "./limits.ts";
import type { RecordedExchange } from "./test-support/recorded-exchange.ts";
import type { RecordedRun } from "./test-support/recorded-application.ts";
import { World, type ListenerProcess, type WorkerProcess } from "./test-support/world.ts";

const SWITCH = { status: 101, statusMessage: "Switching Protocols", rawHeaders: ["Upgrade", "x"] };

interface Scene {
  readonly world: World;
  readonly listener: ListenerProcess;
  readonly worker: WorkerProcess;
  readonly client: RecordedExchange;
  readonly run: RecordedRun;
}

/** A tunnel that is open at both ends. */
async function opened(): Promise<Scene> {
  const world = new World();
  const [listener, worker] = [world.listener(), world.worker()];
  const client = listener.ask({ upgrade: true });
  await world.settle();
  const [run] = worker.application.runs;
  assert.ok(run);
  assert.equal(run.exchange.upgrade, true);
  run.exchange.respond(SWITCH, undefined, false);
  await world.settle();
  assert.equal(client.state, "tunnel");
  return { world, listener, worker, client, run };
}

/** The tunnel is over and nothing of it is left. */
async function over({ world, listener, worker, client }: Scene, outcome: string, line: string) {
  await world.settle();
  assert.equal(client.outcome, outcome);
  assert.equal(worker.receiver.running, 0);
  assert.equal(listener.dispatcher.leftovers, 0);
  assert.deepEqual(listener.observer.lines, ["shop tunnel opened", `shop tunnel closed: ${line}`]);
  assert.deepEqual(listener.observer.departures, []);
  assert.equal(listener.observer.ignoredFrames, 0);
  assert.deepEqual(listener.observer.misbehaviours, []);
}

test("bytes pass both ways, and each end closes its own half", async () => {
  for (const first of ["client", "application"]) {
    const scene = await opened();
    const { world, client, run } = scene;
    const close = {
      client: () => client.fin(),
      application: () => run.exchange.end([]),
    };
    client.say(Buffer.from("to you"));
    run.exchange.write(Buffer.from("to me"));
    await world.settle();
    close[first as "client"]();
    await world.settle();
    assert.equal(client.state, "tunnel");
    if (first === "client") run.exchange.write(Buffer.from(", still"));
    else client.say(Buffer.from(", still"));
    await world.settle();
    close[first === "client" ? "application" : "client"]();
    await over(scene, "tunnel closed", "closed");
    const [heard, said] = [String(run.received), String(client.body)];
    assert.deepEqual(
      [heard, said],
      first === "client" ? ["to you", "to me, still"] : ["to you, still", "to me"],
    );
    assert.equal(run.bodyComplete, true);
  }
});

test("both ends may close at the same time", async () => {
  const scene = await opened();
  scene.client.fin();
  scene.run.exchange.end([]);
  await over(scene, "tunnel closed", "closed");
});

test("an application that is gone closes both ways", async () => {
  const scene = await opened();
  scene.run.exchange.write(Buffer.from("the last"));
  scene.run.exchange.close();
  await over(scene, "tunnel closed", "closed");
  assert.equal(String(scene.client.body), "the last");
});

test("an application that said its end and then goes closes the client's half as well", async () => {
  const scene = await opened();
  scene.run.exchange.end([]);
  await scene.world.settle();
  scene.run.exchange.close();
  await over(scene, "tunnel closed", "closed");
});

test("an application that breaks off cuts the client's connection", async () => {
  const scene = await opened();
  scene.run.exchange.reset("it broke");
  await over(scene, "cut", "application it broke");
});

test("a client that leaves cancels the application", async () => {
  const scene = await opened();
  scene.listener.dispatcher.leave(scene.client);
  await over(scene, undefined as never, "client");
  assert.equal(scene.run.cancelled, true);
});

test("a worker that dies cuts its tunnels, and nothing goes out again", async () => {
  const scene = await opened();
  scene.worker.crash();
  scene.listener.dispatcher.workerEnded("shop", "w1", "it was killed");
  await scene.world.settle();
  assert.equal(scene.client.outcome, "cut");
  assert.deepEqual(
    scene.listener.observer.lines.at(-1),
    "shop tunnel closed: worker it was killed",
  );
  assert.equal(scene.listener.dispatcher.leftovers, 0);
});

test("a listener that gives up closes its tunnels in order and cancels their applications", async () => {
  const scene = await opened();
  void scene.listener.dispatcher.drain();
  scene.listener.dispatcher.abort();
  await over(scene, "tunnel closed", "shutdown the listener's shutdown limit passed");
  assert.equal(scene.run.cancelled, true);
});

test("a worker that hangs up tells the application, which has the last word", async () => {
  const scene = await opened();
  const drained = scene.worker.receiver.drain();
  scene.worker.receiver.hangUp();
  await scene.world.settle();
  assert.equal(scene.run.bodyComplete, true);
  scene.run.exchange.write(Buffer.from("bye"));
  scene.run.exchange.end([]);
  await over(scene, "tunnel closed", "closed");
  assert.equal(String(scene.client.body), "bye");
  await scene.world.pass(TUNNEL_CLOSE_MS + 1000);
  await drained;
});

test("of an application without a last word, the worker closes the tunnel after a moment", async () => {
  for (const ended of [false, true]) {
    const scene = await opened();
    if (ended) scene.run.exchange.end([]);
    const drained = scene.worker.receiver.drain();
    scene.worker.receiver.hangUp();
    await scene.world.pass(TUNNEL_CLOSE_MS + 1000);
    await over(scene, "tunnel closed", "closed");
    await drained;
  }
});

test("windows hold both ways", async () => {
  const { world, client, run } = await opened();
  run.greedy = false;
  client.slow = true;
  const chunk = Buffer.alloc(CREDIT_STEP);
  let sent = 0;
  while (client.say(chunk)) sent += chunk.length;
  assert.equal(sent, BODY_WINDOW);
  let written = 0;
  const said = Buffer.alloc(FIRST_WINDOW / 4);
  while (run.exchange.write(said)) written += said.length;
  assert.ok(written <= FIRST_WINDOW);
  await world.settle();
  assert.equal(run.unread, BODY_WINDOW);
  assert.equal(client.unread, FIRST_WINDOW);
  run.consume();
  client.consume();
  await world.settle();
  assert.equal(client.say(chunk), true);
  assert.equal(run.windows, 1);
});

test("bytes that wait for the window go out before the end", async () => {
  const scene = await opened();
  const { world, client, run } = scene;
  client.slow = true;
  run.exchange.write(Buffer.alloc(FIRST_WINDOW + 1000, "x"));
  run.exchange.end([]);
  client.fin();
  await world.settle();
  assert.equal(client.state, "tunnel");
  client.consume();
  await over(scene, "tunnel closed", "closed");
  assert.equal(client.body.length, FIRST_WINDOW + 1000);
});

test("what is said while the connection is away does not go out when it is back", async () => {
  for (const what of ["tunnel", "body"] as const) {
    const world = new World();
    const [listener, worker] = [world.listener(), world.worker()];
    const client = listener.ask(
      what === "tunnel"
        ? { upgrade: true }
        : { method: "POST", stream: Array.from({ length: 5 }, () => Buffer.alloc(CREDIT_STEP)) },
    );
    worker.application.behave = (run) => (run.greedy = false);
    await world.settle();
    const [run] = worker.application.runs;
    assert.ok(run);
    if (what === "tunnel") run.exchange.respond(SWITCH, undefined, false);
    await world.settle();
    if (what === "tunnel") client.say(Buffer.from("lost"));
    listener.connection.break();
    await world.settle();
    listener.connection.restore();
    // Before the listener knows that it is back: an end behind bytes that were lost.
    if (what === "tunnel") client.fin();
    else listener.dispatcher.sendBodyEnd(client, []);
    await world.settle();
    assert.equal(run.bodyComplete, false, what);
    assert.equal(client.outcome, what === "tunnel" ? "cut" : "Connection_Abandoned_By_ReqQueue");
  }
});

test("any other answer is an answer", async () => {
  const world = new World();
  const [listener, worker] = [world.listener(), world.worker()];
  worker.application.behave = (run) => run.answer();
  const client = listener.ask({ upgrade: true });
  await world.settle();
  assert.deepEqual([client.status, client.outcome], [200, "answered"]);
  assert.deepEqual(listener.observer.lines, []);
});

test("a 101 that nobody asked for is no answer, at the worker", async () => {
  const world = new World();
  const [listener, worker] = [world.listener(), world.worker()];
  worker.application.behave = (run) => run.exchange.respond(SWITCH, undefined, false);
  const client = listener.ask();
  await world.settle();
  assert.equal(client.outcome, "BadGatewayResponse");
  assert.match(client.detail, /without having been asked/);
});

test("a 101 that nobody asked for, or with an end, is no answer, at the listener", async () => {
  for (const [upgrade, end] of [
    [false, false],
    [true, true],
  ] as const) {
    const world = new World();
    const listener = world.listener();
    const worker = world.rawWorker();
    worker.pull(1);
    const client = listener.ask({ upgrade });
    await world.settle();
    const [taken] = worker.takes;
    assert.ok(taken);
    assert.equal((taken.envelope.flags & RequestFlag.upgrade) !== 0, upgrade);
    worker.claim(taken);
    worker.head(taken, { status: 101, end });
    await world.settle();
    assert.equal(client.outcome, "BadGatewayResponse");
    assert.deepEqual(listener.observer.misbehaviours, ["shop w1: a head that is not valid HTTP"]);
    assert.equal(listener.dispatcher.leftovers, 0);
  }
});

test("what a worker says behind its own end is ignored and counted", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.rawWorker();
  worker.pull(1);
  const client = listener.ask({ upgrade: true });
  await world.settle();
  const [taken] = worker.takes;
  assert.ok(taken);
  worker.claim(taken);
  worker.head(taken, { status: 101, body: "first" });
  worker.head(taken, { status: 200 });
  worker.end(taken);
  worker.body(taken, "more");
  worker.end(taken);
  await world.settle();
  assert.equal(String(client.body), "first");
  assert.equal(client.state, "tunnel");
  assert.deepEqual(listener.observer.misbehaviours, [
    "shop w1: a second head",
    "shop w1: a body after its end",
    "shop w1: a second end",
  ]);
  client.fin();
  assert.equal(client.outcome, "tunnel closed");
});

test("more than the window into a tunnel cuts it", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.rawWorker();
  worker.pull(1);
  const client = listener.ask({ upgrade: true });
  client.slow = true;
  await world.settle();
  const [taken] = worker.takes;
  assert.ok(taken);
  worker.claim(taken);
  worker.head(taken, { status: 101 });
  for (let n = 0; n < 40; n++) worker.body(taken, Buffer.alloc(128 * 1024));
  await world.settle();
  assert.equal(client.outcome, "cut");
  assert.deepEqual(listener.observer.misbehaviours, ["shop w1: more body than its window"]);
  assert.equal(
    listener.observer.lines.at(-1),
    "shop tunnel closed: application the worker ignored the window",
  );
});

test("interim answers pass in order, and only before the answer", async () => {
  const world = new World();
  const [listener, worker] = [world.listener(), world.worker()];
  worker.application.behave = (run) => {
    run.exchange.interim(100, []);
    run.exchange.interim(103, ["Link", "</a.css>"]);
    run.answer();
    run.exchange.interim(102, []);
  };
  const client = listener.ask();
  await world.settle();
  assert.deepEqual([client.interims, client.outcome], [[100, 103], "answered"]);
});

test("interim answers without end, or with a status that is none, are no answer", async () => {
  for (const [status, text, fault] of [
    [200, "", "a head that is not valid HTTP"],
    [103, `Link\n${"x".repeat(200_000)}`, "more body than its window"],
  ] as const) {
    const world = new World();
    const listener = world.listener();
    const worker = world.rawWorker();
    worker.pull(1);
    const client = listener.ask();
    await world.settle();
    const [taken] = worker.takes;
    assert.ok(taken);
    worker.claim(taken);
    for (let n = 0; n < 30 && client.state !== "done"; n++) {
      worker.interim(taken, status, text);
      await world.settle();
    }
    assert.equal(client.outcome, "BadGatewayResponse");
    assert.deepEqual(listener.observer.misbehaviours, [`shop w1: ${fault}`]);
  }
});
