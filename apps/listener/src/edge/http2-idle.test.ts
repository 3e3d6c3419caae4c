// When a connection of HTTP/2 is idle.

import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { httpSysUrlGroup } from "@penstock/domain";
import { untilWithin } from "@penstock/testing";
import { closed, givenFront } from "./test-support/given-front.ts";

const until = untilWithin(10_000);

const timeouts = { ...httpSysUrlGroup.timeouts, idleConnectionMs: 200 };

test("a connection without a request is closed and told, one whose request is silent is not", async () => {
  let idle = 0;
  const answers: ServerResponse[] = [];
  await using front = await givenFront(
    (_request, response) => void answers.push(response),
    {},
    "https",
    { timeouts, sessionIdle: () => void idle++ },
  );
  const quiet = front.http2();
  const asks = front.http2();
  await once(asks, "connect");
  const stream = asks.request({});
  const ended = closed(stream);
  const status = once(stream, "response");
  await closed(quiet);
  assert.equal(idle, 1);
  // As long again.
  const other = front.http2();
  await closed(other);
  assert.deepEqual([idle, asks.closed], [2, false]);

  answers[0]?.end("late");
  await status;
  stream.resume();
  await ended;
  await until("with its request over it is idle", () => asks.closed);
  assert.equal(idle, 3);
});
