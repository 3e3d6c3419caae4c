import assert from "node:assert/strict";
import { test } from "node:test";
import { readBrokerStorage } from "./broker-storage.ts";
import { startTestBroker } from "./test-support/broker.ts";
import { startListenerEnd, until } from "./test-support/ends.ts";
import { provisionPool } from "./test-support/pool.ts";

test("a request that waits counts as memory, under the broker's own limit", async () => {
  await using broker = await startTestBroker();
  await provisionPool(broker, "shop");
  const before = await readBrokerStorage(broker.sys);
  assert.equal(before.memory.limit, 1024 ** 3);
  assert.equal(before.file.limit, 10 * 1024 ** 3);
  await using listener = await startListenerEnd(broker, "l1");
  listener.transport.publish("shop", 1, new Uint8Array(10_000), true);
  const grown = before.memory.used + 10_000;
  await until(
    "it holds the request",
    async () => (await readBrokerStorage(broker.sys)).memory.used >= grown,
  );
});
