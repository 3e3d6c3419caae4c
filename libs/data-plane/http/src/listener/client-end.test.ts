import assert from "node:assert/strict";
import { Socket } from "node:net";
import test from "node:test";
import { ManualClock } from "@penstock/testing";
import { ANSWER_MS, heedClientEnd, RIGHT_BEHIND_MS } from "./client-end.ts";
import { connectionState } from "./connection-state.ts";
import { givenRequest, givenResponse } from "./given-request.ts";
import type { HttpExchange } from "./http-exchange.ts";

/** A client's connection with a request in hand that was admitted at 1000 ms. */
function given(changes: Partial<Pick<HttpExchange, "state" | "asksUpgrade" | "admittedAt">> = {}) {
  const clock = new ManualClock(1000);
  const socket = new Socket();
  const { response } = givenResponse(givenRequest());
  heedClientEnd(socket, clock);
  connectionState(socket).exchange = {
    state: "claimed",
    asksUpgrade: false,
    admittedAt: 1000,
    response,
    ...changes,
  } as unknown as HttpExchange;
  return { clock, socket, response };
}

test("a client that ends right behind its request is given a moment for its answer, its connection's last", () => {
  const { clock, socket, response } = given();
  clock.advance(RIGHT_BEHIND_MS);
  socket.emit("end");
  assert.equal(response.shouldKeepAlive, false);
  clock.advance(ANSWER_MS - 1);
  assert.equal(socket.destroyed, false);
  clock.advance(1);
  assert.equal(socket.destroyed, true);
});

test("with its answer and the connection's end nothing is left to wait for", async () => {
  const { clock, socket } = given();
  socket.emit("end");
  assert.equal(clock.pendingTimers, 1);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.destroy();
  await closed;
  assert.equal(clock.pendingTimers, 0);
});

test("a client that ends later, or in its answer, has left", () => {
  const late = given();
  late.clock.advance(RIGHT_BEHIND_MS + 1);
  const answered = given();
  answered.response.flushHeaders();
  for (const { socket } of [late, answered]) {
    socket.emit("end");
    assert.equal(socket.destroyed, true);
  }
});

test("a request that waits for its body was not admitted yet: its end is right behind", () => {
  const { clock, socket } = given({ admittedAt: 0 });
  socket.emit("end");
  assert.deepEqual([socket.destroyed, clock.pendingTimers], [false, 1]);
});

test("what has its answer, and what is or may become a tunnel, is left alone", () => {
  for (const changes of [{ state: "done" }, { asksUpgrade: true }] as const) {
    const { clock, socket } = given(changes);
    clock.advance(60_000);
    socket.emit("end");
    assert.deepEqual([socket.destroyed, clock.pendingTimers], [false, 0]);
  }
});
