// New signing keys at a running broker: who logged in with a former key stays until it is retired, and what
// the broker does not know yet is not used.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AccountPublisher } from "./account-publisher.ts";
import { connectionsOf } from "./broker-queries.ts";
import { linkOf, startTestBroker, type TestBroker } from "./test-support/broker.ts";
import { startListenerEnd, startWorkerEnd, until } from "./test-support/ends.ts";
import { provisionPool } from "./test-support/pool.ts";
import { issueCredentials } from "./user-credentials.ts";

let broker: TestBroker;
before(async () => {
  broker = await startTestBroker();
});
after(() => broker[Symbol.asyncDispose]());

test("whoever is connected stays through a rotation, open pulls are answered, and former keys end when retired", async () => {
  await provisionPool(broker, "shop");
  const old = await startWorkerEnd(broker, "shop", "w1");
  await using listener = await startListenerEnd(broker, "l1");
  const keys = broker.trust.pools.of("shop");
  old.transport.pull(1);
  await old.link.connection.flush();
  assert.equal(await broker.accounts.rotate(), true);
  listener.transport.publish("shop", 1, Buffer.from("x"), true);
  await until("it is delivered", () => old.deliveries.length === 1);
  const [connection] = await connectionsOf(broker.sys, keys.id);
  assert.equal(connection?.signer, keys.signer.publicKey, "the broker tells the key");

  await using young = await startWorkerEnd(broker, "shop", "w2");
  await broker.accounts.retireSigners("shop");
  await until("the one of the former key is cut off", () => !old.link.connected);
  assert(young.link.connected);
  await old.link.connection.close();

  assert(listener.link.connected);
  await broker.accounts.retireShared("listener");
  await until("so is the listener", () => !listener.link.connected);
  await using next = await startListenerEnd(broker, "l2");
  assert(next.link.connected);
});

test("the operator's key after the next is refused until the broker was started with it", async () => {
  const { operatorSigner } = broker.trust;
  await assert.rejects(broker.accounts.rotate(), { code: "SIGNING_KEY_UNKNOWN" });
  assert.equal(broker.trust.operatorSigner.publicKey, operatorSigner.publicKey, "nothing changed");
  assert.equal(await broker.accounts.provision("later", { connectionsMax: 1 }), true);
});

test("a broker that is started after a rotation accepts the present keys alone, and keeps what was revoked", async () => {
  const { credentials, userKey } = issueCredentials(broker.trust, "listener", { name: "l3" });
  await broker.accounts.revokeShared("EDGE", [userKey]);
  await broker.restart();
  await until("the controller is back", () => broker.controller.connected && broker.sys.connected);
  await provisionPool(broker, "shop");
  await using worker = await startWorkerEnd(broker, "shop", "w3");
  await using listener = await startListenerEnd(broker, "l4");
  worker.transport.pull(1);
  listener.transport.publish("shop", 1, Buffer.from("x"), true);
  await until("it is delivered", () => worker.deliveries.length === 1);
  const revoked = { name: "listener l3", inboxPrefix: "_L.l3" };
  await assert.rejects(linkOf(broker.url, credentials, revoked), { code: "NATS_UNREACHABLE" });
  const again = new AccountPublisher(broker.sys, broker.trust);
  assert.deepEqual(await again.publishShared(), [], "everything is as it should be");
  assert.equal(await broker.accounts.rotate(), true);
});
