// A pool with `loadBalancerCapabilities: TcpLevel` that cannot serve resets connections; for whatever else it
// refuses it answers.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { get } from "../raw-requests/raw-request.ts";
import { ListenerWorld, until } from "../test-support/listener-world.ts";
import { RawClient } from "../test-support/raw-client.ts";

for (const [capabilities, resets] of [
  ["TcpLevel", true],
  ["HttpLevel", false],
] as const)
  test(`a full pool refuses by ${resets ? "a reset" : "a 503"} with ${capabilities}, and it is counted as QueueFull`, async () => {
    await using world = await ListenerWorld.start({
      pool: { queueLength: 1, failure: { loadBalancerCapabilities: capabilities } },
    });
    using waiting = await RawClient.open(world.trafficPort);
    await waiting.send(get("/shop/1"));
    await until("it waits", async () => (await world.count("in flight")) === 1);
    using refused = await RawClient.open(world.trafficPort);
    const failed = once(refused.socket, "error");
    await refused.send(get("/shop/2"));
    if (resets) {
      const [error] = (await failed) as [NodeJS.ErrnoException];
      assert.equal(error.code, "ECONNRESET");
      assert.equal(refused.received, "");
    } else {
      const [answer] = await refused.untilAnswers(1);
      assert.equal(answer?.status, 503);
    }
    assert.equal(await world.rejections("QueueFull", "shop"), 1);
    assert.equal(waiting.closed, false, "who waits is left alone");
    using elsewhere = await RawClient.open(world.trafficPort);
    await elsewhere.send(get("/nowhere/"));
    const [answer] = await elsewhere.untilAnswers(1);
    assert.equal(answer?.status, 404);
  });
