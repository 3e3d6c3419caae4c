import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerWindows } from "./answer-windows.ts";
import type { Exchange } from "./exchange.ts";
import { BODY_WINDOW, FIRST_WINDOW, WIDENED_MAX, WINDOW_GROWS_AFTER } from "./limits.ts";

type Windowed = Pick<Exchange, "answerConsumed" | "answerWindow" | "creditDue">;

/** An answer of which its client has taken so much. */
const taken = (creditDue: number): Exchange =>
  ({ answerConsumed: 0, answerWindow: FIRST_WINDOW, creditDue }) satisfies Windowed as Exchange;

test("a window is widened once, when enough was taken", () => {
  const windows = new AnswerWindows();
  const exchange = taken(WINDOW_GROWS_AFTER - 1);
  assert.equal(windows.widen(exchange), 0);
  exchange.creditDue = 1;
  assert.equal(windows.widen(exchange), BODY_WINDOW - FIRST_WINDOW);
  assert.equal(exchange.answerWindow, BODY_WINDOW);
  assert.equal(windows.widen(exchange), 0);
});

test("all together are widened by so much and no more, until one is over", () => {
  const windows = new AnswerWindows();
  const exchanges: Exchange[] = [];
  for (let sum = 0; ;) {
    const exchange = taken(WINDOW_GROWS_AFTER);
    const widened = windows.widen(exchange);
    if (widened === 0) break;
    exchanges.push(exchange);
    sum += widened;
    assert.ok(sum <= WIDENED_MAX);
  }
  assert.ok(exchanges.length > 100);
  const [first] = exchanges as [Exchange];
  windows.close(first);
  windows.close(first);
  assert.notEqual(windows.widen(taken(WINDOW_GROWS_AFTER)), 0);
  assert.equal(windows.widen(taken(WINDOW_GROWS_AFTER)), 0);
});
