// Walks the table of warm-up.ts.

import assert from "node:assert/strict";
import test from "node:test";
import type { WorkerExchange } from "@penstock/request-queue";
import { ManualClock } from "@penstock/testing";
import { warmUp } from "./warm-up.ts";

const head = (status: number) => ({ status, statusMessage: "", rawHeaders: [] });

function warm(paths: readonly string[], handle: (exchange: WorkerExchange) => void) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const said: string[] = [];
  const warmed = warmUp(
    {
      handle: (exchange) => {
        asked.push(`${exchange.head.method} ${exchange.head.target}`);
        handle(exchange);
      },
    },
    { paths, clock, say: (line) => said.push(line) },
  );
  return { clock, asked, said, warmed };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("without paths nothing is asked", async () => {
  const { warmed, asked } = warm([], () => {});
  await warmed;
  assert.deepEqual(asked, []);
});

for (const status of [200, 302, 401, 404, 499])
  test(`an answer of ${status} has warmed its path, and the next one is asked`, async () => {
    const { warmed, asked, said } = warm(["/a", "/b"], (exchange) =>
      exchange.respond(head(status), undefined, true),
    );
    await warmed;
    assert.deepEqual([asked, said], [["GET /a", "GET /b"], []]);
  });

test("an answer counts when it is complete", async () => {
  const exchanges: WorkerExchange[] = [];
  const { warmed, asked } = warm(["/a", "/b"], (exchange) => {
    exchanges.push(exchange);
    exchange.respond(head(200), Buffer.from("a"), false);
  });
  await turn();
  assert.deepEqual(asked, ["GET /a"]);
  assert.equal(exchanges[0]?.write(Buffer.alloc(1_000_000)), true, "all of it may be written");
  exchanges[0]?.end([]);
  await turn();
  assert.deepEqual(asked, ["GET /a", "GET /b"]);
  exchanges[1]?.end([]);
  await warmed;
});

test("what fails is asked again in half a second, for as long as it takes, and said once", async () => {
  const answers: ((exchange: WorkerExchange) => void)[] = [
    (exchange) => exchange.respond(head(503), undefined, true),
    (exchange) => exchange.reset("TypeError: x"),
    (exchange) => exchange.respond(head(204), undefined, true),
  ];
  const { clock, warmed, asked, said } = warm(["/ready"], (exchange) =>
    answers.shift()?.(exchange),
  );
  for (const tries of [1, 2]) {
    await turn();
    clock.advance(499);
    await turn();
    assert.equal(asked.length, tries);
    clock.advance(1);
  }
  await warmed;
  assert.equal(asked.length, 3);
  assert.deepEqual(said, ["warm-up: /ready answered 503; it is asked for again"]);
});
