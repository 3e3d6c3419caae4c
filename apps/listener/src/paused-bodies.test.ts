import assert from "node:assert/strict";
import { test } from "node:test";
import { answerWhenComplete } from "./raw-requests/complete-answer.ts";
import { post } from "./raw-requests/raw-request.ts";
import { ListenerWorld, until } from "./test-support/listener-world.ts";
import { RawClient } from "./test-support/raw-client.ts";

test("a small body whose client pauses reaches its application as it comes, and so does its end", async () => {
  await using world = await ListenerWorld.start();
  await using worker = await world.honest("shop", 8);
  worker.application.behave = (run) => void answerWhenComplete(run);
  using client = await RawClient.open(world.trafficPort);
  await client.send(post(["Content-Length: 12"], "first", "/shop/paused"));
  const { runs } = worker.application;
  await until("its beginning is there", () => runs[0]?.received.toString() === "first");
  assert.equal(runs[0]?.bodyComplete, false);

  await client.send(",second");
  const [answer] = await client.untilAnswers(1);
  assert.deepEqual([answer?.status, answer?.body], [200, "/shop/paused"]);
  assert.equal(runs[0]?.received.toString(), "first,second");
  assert.equal(runs.length, 1);
});

test("an upload that breaks off in its pause is seen to break off", async () => {
  await using world = await ListenerWorld.start();
  await using worker = await world.honest("shop", 8);
  const leaving = await RawClient.open(world.trafficPort);
  await leaving.send(post(["Content-Length: 11"], "first", "/shop/left"));
  const { runs } = worker.application;
  await until("its beginning is there", () => runs[0]?.received.toString() === "first");
  leaving.socket.destroy();
  await until("the application is told", () => runs[0]?.cancelled);
});
