// A connection of HTTP/2 is idle while it carries no stream, whatever its streams are silent about.

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

test("a stream that is silent keeps its connection open, and its end begins the time anew", async () => {
  const waiting: ServerResponse[] = [];
  await using front = await givenFront(
    (request, response) => {
      if (request.url === "/wait") waiting.push(response);
      else response.end("answered");
    },
    {},
    "https",
    { timeouts },
  );
  const busy = front.http2();
  const silent = busy.request({ ":path": "/wait" });
  await until("it waits", () => waiting.length === 1);
  // Three connections without a stream come and go meanwhile.
  for (let n = 0; n < 3; n++) await once(front.http2(), "close");
  assert.deepEqual([busy.closed, silent.closed], [false, false]);
  const another = busy.request({ ":path": "/" }).resume();
  await closed(another);
  assert.equal(another.rstCode, 0, "it takes requests");
  const goaway = once(busy, "goaway");
  waiting[0]?.end();
  await closed(silent.resume());
  await goaway;
  await until("it is closed", () => busy.destroyed);
});
