// Penstock's own answers: the right reason, with the fields that a client needs.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { assertRefusal } from "./support/refusal.ts";
import { withPenstock } from "./support/run-penstock.ts";

/** The least that the schema allows. */
const QUEUE_LENGTH = 10;

const pools = ({ url, application, otherPort }: Place) => ({
  narrow: {
    urls: [url("/narrow/")],
    module: application("echo"),
    concurrency: 1,
    queueLength: QUEUE_LENGTH,
    queueTimeout: "1s",
    processModel: { maxProcesses: 1 },
  },
  slow: { urls: [url("/slow/")], module: application("echo"), requestTimeout: "500ms" },
  disabled: { urls: [url("/disabled/")], module: application("echo"), autoStart: false },
  shop: { urls: [`http://shop.example:${otherPort}/shop/`], module: application("echo") },
});

test("a request that Penstock refuses gets the reason, the status and the fields that go with it", () =>
  withPenstock(pools, async (penstock) => {
    const { origin, place } = penstock;
    await Promise.all([
      refusesNotFound(origin),
      refusesHostname(place.otherPort),
      refusesSlowAnswer(origin),
      refusesDisabled(origin),
      refusesWhatWaits(penstock),
    ]);
    const metrics = await penstock.metrics("listener");
    for (const series of [
      'pool="narrow",reason="QueueFull"} 1',
      'pool="slow",reason="Timer_Response"} 1',
      'pool="disabled",reason="Disabled"} 1',
      'pool="",reason="NotFound"} 1',
      'pool="",reason="Hostname"} 1',
    ]) {
      const [labels = "", count] = series.split(" ");
      const value = metrics.value(`penstock_http_rejections_total{${labels}`);
      assert.equal(value, Number(count), series);
    }
    const late = metrics.value(
      'penstock_http_rejections_total{pool="narrow",reason="Timer_ReqQueue"}',
    );
    // A start that takes longer than a second adds some.
    assert(late !== undefined && late >= QUEUE_LENGTH);
  }));

async function refusesNotFound(origin: string): Promise<void> {
  const answer = await fetch(`${origin}/nowhere`);
  await assertRefusal(answer, { status: 404, reason: "NotFound", waits: false });
}

async function refusesHostname(port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/shop/`);
  await assertRefusal(answer, { status: 400, reason: "Hostname", waits: false });
}

async function refusesSlowAnswer(origin: string): Promise<void> {
  const answer = await fetch(`${origin}/slow/?wait=60000`);
  const problem = await assertRefusal(answer, {
    status: 504,
    reason: "Timer_Response",
    waits: false,
  });
  assert.match(problem.detail ?? "", /within 0\.5 s \(requestTimeout\)/);
  assert.equal(problem.pool, "slow");
}

async function refusesDisabled(origin: string): Promise<void> {
  const answer = await fetch(`${origin}/disabled/`);
  const problem = await assertRefusal(answer, { status: 503, reason: "Disabled", waits: false });
  assert.equal(problem.pool, "disabled");
}

/** One request runs, as many wait as may, one more is refused at once, and those that wait are after a second. */
async function refusesWhatWaits(penstock: Penstock): Promise<void> {
  const ask = (path: string) => fetch(`${penstock.origin}/narrow/${path}`);
  await eventually("its worker is there", () => ask(""), { found: ({ status }) => status === 200 });
  const running = ask("?wait=3000");
  await eventually("one runs", () => penstock.pool("narrow"), {
    found: ({ slots }) => slots.busy === 1,
  });
  const waiting = Array.from({ length: QUEUE_LENGTH }, (_, i) => ask(`${i}`));
  await eventually("the others wait", () => penstock.metrics("listener"), {
    found: (metrics) =>
      metrics.value('penstock_http_requests_in_flight{pool="narrow"}') === QUEUE_LENGTH + 1,
  });
  const full = await assertRefusal(await ask("more"), {
    status: 503,
    reason: "QueueFull",
    waits: true,
  });
  assert.match(full.detail ?? "", /queueLength 10/);
  for (const answer of await Promise.all(waiting)) {
    const late = await assertRefusal(answer, {
      status: 503,
      reason: "Timer_ReqQueue",
      waits: true,
    });
    assert.match(late.detail ?? "", /within 1 s \(queueTimeout\)/);
  }
  assert.equal((await running).status, 200);
}
