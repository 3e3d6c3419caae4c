// One request of the model with what happened to it, and whether that was allowed.

import assert from "node:assert/strict";
import { BODY_WINDOW } from "../../limits.ts";
import type { RecordedExchange } from "../recorded-exchange.ts";
import type { RecordedRun } from "../recorded-application.ts";
import type { ListenerProcess } from "../world.ts";

/** Facts about a request that its outcome is judged by. */
export interface ModelRequest {
  readonly exchange: RecordedExchange;
  readonly listener: ListenerProcess;
  readonly id: string;
  readonly body: Buffer;
  readonly runs: RecordedRun[];
  readonly askedAt: number;
  left: boolean;
  /** An application broke off. */
  reset: boolean;
  /** Its worker closed tunnels, whatever their ends had to say. */
  hungUp: boolean;
  /** Something went wrong in its lifetime: a process, a connection or the broker. */
  disturbed: boolean;
  /** The broker or its queue was away in its lifetime. */
  brokerAway: boolean;
  endedAt: number;
}

/** The marks that an application writes around what it streams. */
export const marks = { begin: (id: string): string => `${id}(`, end: ")" };

/** When what happened. */
export interface ModelTimes {
  readonly queueTimeoutMs: number;
  /** From then on nothing went wrong any more. */
  readonly restedAt: number;
}

/**
 * In peace, what waits is claimed or refused within so long, whatever happened to it before. The longest
 * wait is for a slot that a request of a lost listener holds.
 */
const HEALED_MS = 20_000;

/** Checks everything that is promised about one request. */
export function judge(request: ModelRequest, times: ModelTimes): void {
  const { exchange, left, runs } = request;
  const { outcomes, method } = exchange;
  if (method === "POST") assert.ok(runs.length <= 1, `a POST ran ${runs.length} times`);
  for (const run of runs) judgeBody(request, run);
  if (request.listener.life.state === "gone") return;
  assert.ok(outcomes.length <= 1, `two outcomes: ${outcomes.join(", ")}`);
  if (left) return;
  const [outcome] = outcomes;
  assert.ok(outcome !== undefined, "no outcome");
  switch (outcome) {
    case "answered":
      judgeAnswer(request);
      break;
    case "tunnel closed":
      judgeTunnel(request);
      break;
    case "QueueFull":
      break;
    case "Timer_ReqQueue":
      judgeTimeout(request, times);
      break;
    case "QueueUnavailable":
      assert.ok(request.brokerAway, "the broker was never away");
      break;
    case "BadGatewayResponse":
      assert.ok(request.reset, "no application broke off");
      break;
    case "cut":
      assert.ok(request.reset || request.disturbed, "nothing cut it");
      assert.ok(exchange.status !== 0, "nothing had been answered");
      break;
    case "Connection_Abandoned_By_ReqQueue":
      assert.ok(request.disturbed, "nobody abandoned it");
      assert.ok(
        !exchange.repeatable || exchange.attempt >= exchange.pool.route.delivery.maxAttempts,
        "it could have been repeated",
      );
      break;
    default:
      assert.fail(`unexpected outcome ${outcome}`);
  }
}

function judgeTimeout({ exchange, askedAt, endedAt }: ModelRequest, times: ModelTimes): void {
  assert.ok(endedAt - askedAt >= times.queueTimeoutMs, "timed out too early");
  const hadTime = askedAt + times.queueTimeoutMs > times.restedAt + HEALED_MS;
  assert.ok(!hadTime, exchange.repeatable ? "it could have been repeated" : "it was forgotten");
}

/** An answer is its own request's, and whole. */
function judgeAnswer({ exchange, id }: ModelRequest): void {
  const text = exchange.body.toString("latin1");
  if (text === id) return;
  assert.ok(text.startsWith(marks.begin(id)), `another's answer: ${text.slice(0, 40)}`);
  assert.ok(text.endsWith(marks.end), "an answer without its end");
  const inner = text.slice(marks.begin(id).length, -marks.end.length);
  assert.match(inner, /^x*$/);
}

/** What a client heard in its tunnel is its own application's, and whole when that ended. */
function judgeTunnel({ exchange, id, hungUp }: ModelRequest): void {
  assert.equal(exchange.status, 101);
  const text = exchange.body.toString("latin1");
  assert.ok(text.startsWith(marks.begin(id)), `another's tunnel: ${text.slice(0, 40)}`);
  const rest = text.slice(marks.begin(id).length);
  // Whose worker goes has a moment for a last word, and may not have used it.
  assert.match(rest, hungUp ? /^x*\)?$/ : /^x*\)$/, "not what the application said");
}

/** What an application received is its request's body, from the start, within the window. */
function judgeBody({ body: sent, exchange, hungUp }: ModelRequest, run: RecordedRun): void {
  const body = exchange.asksUpgrade ? exchange.said : sent;
  assert.ok(body.subarray(0, run.received.length).equals(run.received), "another body");
  if (run.bodyComplete && !hungUp) assert.equal(run.received.length, body.length);
  assert.ok(run.unread <= BODY_WINDOW + body.length / 4, "more body than the window");
}
