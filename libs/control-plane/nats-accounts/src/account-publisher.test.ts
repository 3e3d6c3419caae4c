import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Nkey } from "@penstock/nats-connection";
import { AccountPublisher } from "./account-publisher.ts";
import { startTestBroker, type TestBroker } from "./test-support/broker.ts";
import { startListenerEnd, startWorkerEnd, until } from "./test-support/ends.ts";
import { provisionPool } from "./test-support/pool.ts";

let broker: TestBroker;
before(async () => {
  broker = await startTestBroker();
});
after(() => broker[Symbol.asyncDispose]());

const again = (): AccountPublisher => new AccountPublisher(broker.sys, broker.trust);

test("what the broker was started with is not published again, not even by another controller", async () => {
  assert.deepEqual(await broker.accounts.publishShared(), []);
  assert.deepEqual(await again().publishShared(), []);
});

test("a pool is published once, and again only when its limits change", async () => {
  assert.equal(await broker.accounts.provision("shop", { connectionsMax: 5 }), true);
  assert.equal(await broker.accounts.provision("shop", { connectionsMax: 5 }), false);
  assert.equal(await again().provision("shop", { connectionsMax: 5 }), false);
  assert.equal(await again().provision("shop", { connectionsMax: 6 }), true);
});

test("a restarted controller keeps what was revoked before", async () => {
  await provisionPool(broker, "kept");
  const [first, second] = [
    await startWorkerEnd(broker, "kept", "w1"),
    await startWorkerEnd(broker, "kept", "w2"),
  ];
  await broker.accounts.revoke("kept", [first.userKey]);
  await until("the first is cut off", () => !first.link.connected);
  assert(second.link.connected);
  const restarted = again();
  assert.equal(await restarted.provision("kept", { connectionsMax: 20 }), false);
  await restarted.revoke("kept", [second.userKey]);
  await until("the second is cut off", () => !second.link.connected);
  assert(!first.link.connected);
  await first.link.connection.close();
  await second.link.connection.close();
});

test("revocations that come at once are all kept", async () => {
  await provisionPool(broker, "many");
  const workers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => startWorkerEnd(broker, "many", `w${index}`)),
  );
  await Promise.all(workers.map(({ userKey }) => broker.accounts.revoke("many", [userKey])));
  await until("all are cut off", () => workers.every(({ link }) => !link.connected));
  for (const { link } of workers) await link.connection.close();
});

test("a pull that is open when other accounts change is answered all the same", async () => {
  await provisionPool(broker, "open");
  await using worker = await startWorkerEnd(broker, "open", "w1");
  worker.transport.pull(1);
  await worker.link.connection.flush();
  await broker.accounts.provision("newcomer", { connectionsMax: 1 });
  await broker.accounts.revoke("open", [Nkey.create("user").publicKey]);
  await broker.accounts.revokeShared("EDGE", [Nkey.create("user").publicKey]);
  await using listener = await startListenerEnd(broker, "l1");
  listener.transport.publish("open", 1, Buffer.from("x"), true);
  await until("it is delivered", () => worker.deliveries.length === 1);
});

test("a listener's revocation outlives a restart of the broker", async () => {
  await broker.accounts.revokeShared("EDGE", ["UREVOKED"]);
  await broker.restart();
  const id = broker.trust.id("EDGE");
  const token = await broker.sys.connection.request(`$SYS.REQ.ACCOUNT.${id}.CLAIMS.LOOKUP`, "");
  const body = Buffer.from(token.string().split(".")[1] ?? "", "base64url").toString();
  assert.match(body, /UREVOKED/);
});

test("a broker of another Penstock refuses", async () => {
  await assert.rejects(
    new AccountPublisher(broker.controller, broker.trust).provision("x", { connectionsMax: 1 }),
    { code: "ACCOUNT_REFUSED" },
  );
});
