// The shipped examples, as `npm start` serves them, on another port.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import type { Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const SHIPPED = fileURLToPath(new URL("../../../examples/penstock.yaml", import.meta.url));

/** The clock ticks once a second. */
const TICK_MS = 1000;

test("every shipped example answers from zero, and the clock's events arrive one by one", () =>
  withPenstock(shippedExamples, async (penstock) => {
    const { origin } = penstock;
    assert.deepEqual(await penstock.workers("hello"), [], "at zero");
    const texts = await Promise.all(
      ["/hello/", "/express/", "/fetch/?a=1", "/"].map((path) => textOf(origin + path)),
    );
    assert.match(texts[0] ?? "", /^Hello from worker hello-\w+ \(request 1 of this worker\)\n$/);
    assert.equal(texts[1], "Hello from Express\n");
    assert.deepEqual(JSON.parse(texts[2] ?? ""), { pathname: "/fetch/", query: { a: "1" } });
    assert.equal(texts[3], readFileSync(`${dirname(SHIPPED)}/static/public/index.html`, "utf8"));
    await assertTicks(`${origin}/clock/`);
  }));

/** The shipped file, on the test's port and with paths that do not depend on where it lies. */
function shippedExamples({ port }: Place): string {
  const folder = dirname(SHIPPED);
  return readFileSync(SHIPPED, "utf8")
    .replaceAll(":8080/", `:${port}/`)
    .replaceAll("module: ./", `module: ${folder}/`)
    .replace("applicationPoolDefaults:", `applicationPoolDefaults:\n  directory: ${folder}`);
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

async function assertTicks(url: string): Promise<void> {
  const leave = new AbortController();
  const answer = await fetch(url, { signal: leave.signal });
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const arrivals: number[] = [];
  for await (const chunk of answer.body ?? []) {
    assert.match(Buffer.from(chunk).toString(), /^data: \d{4}-\S+Z\n\n$/, "one event at a time");
    arrivals.push(performance.now());
    if (arrivals.length === 3) break;
  }
  leave.abort();
  const [first = 0, second = 0, third = 0] = arrivals;
  for (const between of [second - first, third - second])
    assert(Math.abs(between - TICK_MS) < TICK_MS / 2, `${between} ms between two events`);
}
