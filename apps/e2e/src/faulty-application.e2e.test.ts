// Applications that cannot start: each pool answers with its own reason, the others run.

import assert from "node:assert/strict";
import test from "node:test";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const NEVER_LISTENS = "setInterval(() => {}, 1000)";
const LISTENS_ELSEWHERE = "require('node:http').createServer().listen(0, '127.0.0.1')";

/** Quick to give up: a pool is offline after two failures. */
const failure = { rapidFailProtectionMaxCrashes: 2 };

const pools = ({ url, application }: Place) => ({
  sound: { urls: [url("/sound/")], module: application("echo") },
  throws: { urls: [url("/throws/")], module: application("throws"), failure },
  absent: { urls: [url("/absent/")], command: ["no-such-command", "--port", "${PORT}"], failure },
  exits: { urls: [url("/exits/")], command: ["node", "-e", "process.exit(3)"], failure },
  silent: {
    urls: [url("/silent/")],
    command: ["node", "-e", NEVER_LISTENS],
    processModel: { startupTimeLimit: "6s" },
    failure,
  },
  elsewhere: {
    urls: [url("/elsewhere/")],
    command: ["node", "-e", LISTENS_ELSEWHERE],
    processModel: { startupTimeLimit: "6s" },
    failure,
  },
});

test("a pool whose application cannot start answers why, and the others run", () =>
  withPenstock(pools, async (penstock) => {
    const [throws, absent, exits, silent, elsewhere, sound] = await Promise.all(
      ["throws", "absent", "exits", "silent", "elsewhere", "sound"].map((pool) =>
        ask(penstock, pool),
      ),
    );
    assert.equal(sound?.status, 200);
    assert.equal(throws?.reason, "AppOffline");
    assert.equal(absent?.reason, "AppOffline");
    assert.equal(exits?.reason, "AppOffline");
    // A client learns the kind of failure; what the application said is for operators.
    for (const refusal of [throws, absent, exits])
      assert.equal(refusal?.detail, "Its workers end before they are ready.");
    assert.equal(silent?.reason, "StartupTimeout");
    for (const refusal of [silent, elsewhere]) {
      assert.equal(refusal?.reason, "StartupTimeout");
      assert.match(refusal?.detail ?? "", /became ready within 6 s \(startupTimeLimit\)\.$/);
    }
    for (const [pool, says] of [
      ["throws", /the database password is not set/],
      ["absent", /no-such-command.* was not found/],
      ["exits", /ended with code 3 before it listened on \$PORT/],
    ] as const) {
      const { offline } = await penstock.pool(pool);
      assert.match(offline?.reason ?? "", /^too many failures: /);
      assert.match(offline?.detail ?? "", says);
      const line = penstock.logged("pool.takePoolOffline").find((entry) => entry["pool"] === pool);
      assert.match(String(line?.["detail"]), says);
    }

    const said = penstock.log.map((line) => JSON.stringify(line)).join("\n");
    assert.match(said, /it listens on no port, and should on \$PORT \d+/);
    assert.match(said, /it listens on 127\.0\.0\.1:\d+, not on \$PORT \d+/);

    const page = await fetch(`${penstock.origin}/throws/`, { headers: { Accept: "text/html" } });
    assert.equal(page.status, 503);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(await page.text(), /AppOffline/);
    assert.equal((await penstock.pool("throws")).state, "rapid_fail");
    const metrics = await penstock.metrics("controller");
    assert.equal(metrics.value('penstock_rapid_fail_trips_total{pool="throws"}'), 1);
  }));

async function ask(
  { origin }: Penstock,
  pool: string,
): Promise<{ status: number; reason: string; detail: string }> {
  const answer = await fetch(`${origin}/${pool}/`);
  const text = await answer.text();
  if (answer.status === 200) return { status: 200, reason: "", detail: "" };
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  const { reason, detail = "" } = JSON.parse(text) as { reason: string; detail?: string };
  return { status: answer.status, reason, detail };
}
