// What happens when a token ends, and what a renewed one changes: at a real broker, with tokens that live
// for seconds.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { authenticateWith, NatsLink, type Credentials } from "@penstock/nats-connection";
import { controlSubject, workerInbox } from "@penstock/wire";
import { startTestBroker, type TestBroker } from "./test-support/broker.ts";
import { startListenerEnd, startWorkerEnd, until } from "./test-support/ends.ts";
import { provisionPool } from "./test-support/pool.ts";
import { issueWorkerCredentials, renewWorkerToken } from "./user-credentials.ts";

let broker: TestBroker;
before(async () => {
  broker = await startTestBroker();
  await provisionPool(broker, "shop");
});
after(() => broker[Symbol.asyncDispose]());

interface Holder extends AsyncDisposable {
  readonly link: NatsLink;
  readonly events: string[];
  readonly failures: string[];
  /** Puts a token of so many seconds in the place of the present one. */
  hold(lifeS: number): void;
}

async function startHolder(id: string, lifeS: number): Promise<Holder> {
  const issued = issueWorkerCredentials(broker.trust, { pool: "shop", id, lifeS });
  let credentials: Credentials = issued.credentials;
  const failures: string[] = [];
  const link = await NatsLink.open({
    url: broker.url,
    name: `worker ${id}`,
    inboxPrefix: workerInbox(id),
    authenticate: authenticateWith(() => credentials),
    failed: (what, cause) => failures.push(`${what}: ${String(cause)}`),
  });
  const events: string[] = [];
  link.watch({
    disconnected: () => events.push("disconnected"),
    reconnected: () => events.push("reconnected"),
  });
  const { userKey } = issued;
  return {
    link,
    events,
    failures,
    hold: (life) => {
      const { jwt } = renewWorkerToken(broker.trust, { pool: "shop", id, userKey, lifeS: life });
      credentials = { ...credentials, jwt };
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

test("a connection is closed when the token ends that it was opened with, and comes back with a renewed one", async () => {
  await using worker = await startHolder("w1", 2);
  worker.hold(60);
  await until("it was closed and is back", () => worker.events.length === 2, 6000);
  assert.deepEqual(worker.events, ["disconnected", "reconnected"]);
  assert.match(worker.failures.join(), /authentication expired/i);
});

test("a connection that was renewed before does not notice the end of its first token", async () => {
  await using worker = await startHolder("w2", 2);
  worker.hold(60);
  await worker.link.renew();
  await delay(3000);
  assert.deepEqual([worker.events, worker.failures], [[], []]);
  assert(worker.link.connected);
});

test("a token that the broker refuses leaves the connection as it is", async () => {
  await using worker = await startHolder("w3", 60);
  worker.hold(-60);
  await assert.rejects(worker.link.renew(), { code: "NATS_UNREACHABLE" });
  await worker.link.connection.flush();
  assert.deepEqual([worker.events, worker.failures], [[], []]);
});

/** Renewals while messages flow, and messages that are all alike among them. */
const RENEWALS = 60;

test("under load nothing is lost, doubled or put out of order by renewals, either way", async () => {
  await using worker = await startHolder("w4", 60);
  await using listener = await startListenerEnd(broker, "l1");
  const subject = controlSubject("shop", "w4");
  const received: string[] = [];
  worker.link.subscribe(subject, (message) => received.push(message.string()));
  await worker.link.connection.flush();
  const ending = new AbortController();
  const sent: string[] = [];
  const answers: string[] = [];
  const send = (text: string, reply?: string) => {
    listener.link.publish(subject, text, reply);
    sent.push(text);
    answers.push(`answer ${answers.length}`);
    worker.link.publish("resp.shop.l1.w4", answers.at(-1) ?? "");
  };
  // All the time such as have no equal; now and then a burst of such as have.
  const sending = (async () => {
    for (let turn = 0; !ending.signal.aborted; turn++) {
      send(`probe ${turn}`, `_L.l1.${turn}`);
      if (turn % 12 === 0) for (const text of ["same", `number ${turn}`, "same"]) send(text);
      await nextTurn();
    }
  })();
  for (let count = 0; count < RENEWALS; count++) {
    worker.hold(60);
    await worker.link.renew();
  }
  ending.abort();
  await sending;
  await until("all has arrived", () => received.length >= sent.length);
  await until("all answers have", () => listener.frames.length >= answers.length);
  assert.deepEqual(received, sent);
  assert.deepEqual(
    listener.frames.map(({ text }) => text),
    answers,
  );
  assert(sent.length > RENEWALS * 5, `${sent.length} messages`);
  assert.deepEqual([worker.events, worker.failures], [[], []]);
});

/** Requests that the worker asks for at once. */
const SLOTS = 50;

test("under load each request is taken once, in order, through any number of renewals", async () => {
  await provisionPool(broker, "busy");
  await using listener = await startListenerEnd(broker, "l2");
  await using worker = await startWorkerEnd(broker, "busy", "b1");
  const { transport, link, deliveries, unanswered, failures } = worker;
  let published = 0;
  let taken = 0;
  let open = 0;
  const turn = (): void => {
    open -= deliveries.length - taken;
    for (const count of unanswered.splice(0)) open -= count;
    taken = deliveries.length;
    if (open < SLOTS / 2) {
      transport.pull(SLOTS - open);
      open = SLOTS;
    }
  };
  const ending = new AbortController();
  const working = (async () => {
    while (!ending.signal.aborted || taken < published) {
      if (!ending.signal.aborted && published - taken < SLOTS) {
        published++;
        listener.transport.publish("busy", published, Buffer.from(String(published)), true);
      }
      turn();
      await nextTurn();
    }
  })();
  for (let count = 0; count < RENEWALS; count++) await link.renew();
  ending.abort();
  await working;
  await until("the queue is empty", async () => {
    const depth = await broker.queues.depth("busy");
    return depth?.messages === 0;
  });
  assert.deepEqual(
    deliveries.map(Number),
    Array.from({ length: published }, (_, index) => index + 1),
  );
  assert.deepEqual(failures, []);
  assert(published > RENEWALS, `${published} requests`);
});
