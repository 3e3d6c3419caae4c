import assert from "node:assert/strict";
import { test } from "node:test";
import { answerWhenComplete } from "./raw-requests/complete-answer.ts";
import { get } from "./raw-requests/raw-request.ts";
import { ListenerWorld, until } from "./test-support/listener-world.ts";
import { RawClient } from "./test-support/raw-client.ts";

test("the request of a client that leaves while it waits is out of the queue before anybody takes it", async () => {
  await using world = await ListenerWorld.start();
  const leaving = await RawClient.open(world.trafficPort);
  await leaving.send(get("/shop/waits"));
  await until("it waits", async () => (await world.count("in flight")) === 1);
  leaving.socket.end();
  await until("it is given up", async () => (await world.count("in flight")) === 0);

  await using worker = await world.honest("shop");
  worker.application.behave = (run) => void answerWhenComplete(run);
  using other = await RawClient.open(world.trafficPort);
  await other.send(get("/shop/other"));
  await other.untilAnswers(1);
  assert.deepEqual(
    worker.application.runs.map(({ target }) => target),
    ["/shop/other"],
  );
  assert.equal(await world.rejections("Client_Reset", "shop"), 1);
});

test("a client that closes its side right behind its request has its answer", async () => {
  await using world = await ListenerWorld.start();
  await using worker = await world.honest("shop");
  worker.application.behave = (run) => void answerWhenComplete(run);
  using asking = await RawClient.open(world.trafficPort);
  asking.socket.end(get("/shop/asked"), "latin1");
  const [answer] = await asking.untilEnded();
  assert.equal(answer?.status, 200);
  assert.equal(await world.rejections("Client_Reset", "shop"), 0);
});
