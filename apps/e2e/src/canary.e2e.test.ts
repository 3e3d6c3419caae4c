// A second version gets its share of the requests, takes its pool's place or goes again, and no request fails
// for it; what an operator decided outlives the controller and reloads for other reasons.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { command, operate } from "./support/operate.ts";
import type { Penstock, Place, Pools } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { configure } from "./support/workspace.ts";

const CANARY = "shop~canary";

/** A pool whose second version gets a fifth of the requests. */
const pools = ({ url, application }: Place, more: Pools[string] = {}): Pools => ({
  shop: {
    urls: [url("/shop/")],
    module: application("version-one"),
    processModel: { maxProcesses: 2 },
    ...more,
    canary: { module: application("version-two"), weight: 20, ...(more["canary"] as object) },
  },
});

/** The same as the file should say after a promotion. */
const after = ({ url, application }: Place): Pools => ({
  shop: {
    urls: [url("/shop/")],
    module: application("version-two"),
    processModel: { maxProcesses: 2 },
  },
});

/** A command that first does this. */
const serve = (end: string) => [
  "node",
  "-e",
  `${end}; require("node:http").createServer((request, answer) => answer.end(request.url)).listen(process.env.PORT, "127.0.0.1")`,
];

test("a fifth of the requests goes to the canary; promoted under load, it takes over without a failed request", () =>
  withPenstock(pools, async (penstock) => {
    await using load = startLoad({ origin: penstock.origin, path: "/shop/", clients: 8 });
    const answered = () => load.answered;
    await eventually("both versions serve", answered, {
      found: (count) => count > 3000,
      withinMs: 60_000,
    });
    const shares = await takenBy(penstock);
    assert(shares > 0.15 && shares < 0.25, `${shares} of the requests went to the canary`);
    const shown = await operate(penstock, "pool", "show", CANARY);
    assert.match(shown, /share +20 % of its requests/);
    assert.match(await operate(penstock, "status"), /POOL +STATE +SHARE[^]*shop +started +80 %/);

    const said = await operate(penstock, "pool", "promote", "shop");
    assert.match(said, /the canary of pool shop is promoted; \d+ workers left within/);
    const before = load.answered;
    await eventually("requests go on", answered, { found: (count) => count > before + 500 });
    await load.end();
    assert.deepEqual(load.faults, []);
    assert.match(await ask(penstock), / two$/);
    await eventually("nothing of the canary is left", () => removed(penstock), {
      found: (queues) => queues.length === 1,
      withinMs: 30_000,
    });
    const events = await operate(penstock, "events", "--pool", "shop");
    assert.match(
      events,
      /operator\.pool\.promote[^]*pool\.promoted|pool\.promoted[^]*operator\.pool\.promote/,
    );
    const again = await command(penstock, "pool", "promote", "shop");
    assert.equal(again.code, 5);
    assert.match(again.stderr, /it was promoted already|promoted already/);

    await replaceController(penstock);
    assert.match(await ask(penstock), / two$/);
    const workers = await penstock.workers("shop");

    // A reload for another reason does not undo it, and says that the file says something else.
    const { place } = penstock;
    const other = await apply(penstock, pools(place, { queueLength: 500 }));
    assert.equal(other.stdout.split("\n")[0], "pool shop: queueLength 1000 -> 500");
    assert.match(other.stderr, /its canary was promoted, whatever the file says/);
    assert.match(await ask(penstock), / two$/);

    const followed = await apply(penstock, after(place));
    assert.match(followed.stdout, /pool shop: queueLength 500 -> 1000\n1 change applied/);
    assert.equal(followed.stderr, "");
    assert.deepEqual(
      (await penstock.workers("shop")).map(({ id }) => id),
      workers.map(({ id }) => id),
      "no worker is replaced for what is in force already",
    );
    const none = await command(penstock, "pool", "rollback", "shop");
    assert.equal(none.code, 5);
    assert.match(none.stderr, /it has no canary/);
    assert.equal((await command(penstock, "pool", "promote", "nobody")).code, 4);
  }));

test("rolled back under load, the canary gets nothing more, and no request fails; so it goes after a promotion", () =>
  withPenstock(pools, async (penstock) => {
    await using load = startLoad({ origin: penstock.origin, path: "/shop/", clients: 8 });
    await eventually("both versions serve", () => penstock.workers(CANARY), {
      found: ([worker]) => (worker?.taken ?? 0) > 20,
      withinMs: 60_000,
    });
    assert.match(
      await operate(penstock, "pool", "rollback", "shop"),
      /the canary of pool shop is rolled back; \d+ workers? left within/,
    );
    assert.deepEqual(await penstock.workers(CANARY), []);
    for (let n = 0; n < 50; n++) assert.match(await ask(penstock), / one$/);
    assert.equal((await command(penstock, "pool", "rollback", "shop")).code, 5);

    await eventually("nothing of it is left", () => removed(penstock), {
      found: (queues) => queues.length === 1,
      withinMs: 30_000,
    });

    // Another weight is another try; all of it, and back from there.
    const { place } = penstock;
    await apply(penstock, pools(place, { canary: { weight: 50 } }));
    await eventually("it serves again", () => ask(penstock), {
      found: (answer) => answer.endsWith(" two"),
      withinMs: 30_000,
    });
    await operate(penstock, "pool", "promote", "shop");
    assert.match(await ask(penstock), / two$/);
    // With a controller that dies in the middle: its successor sees the canary off.
    await operate(penstock, "pool", "rollback", "shop", "--no-wait");
    await replaceController(penstock);
    await eventually("nothing of the canary is left", () => removed(penstock), {
      found: (queues) => queues.length === 2,
      withinMs: 30_000,
    });
    await eventually("the pool's own version is back", () => ask(penstock), {
      found: (answer) => answer.endsWith(" one"),
      withinMs: 30_000,
    });
    await load.end();
    assert.deepEqual(load.faults, []);
  }));

test("a client stays with its version by its cookie, and names one if it likes", () =>
  withPenstock(
    (place) => pools(place, { canary: { weight: 50, sticky: { cookie: "version" } } }),
    async (penstock) => {
      const seen = new Set<string>();
      for (let client = 0; client < 20; client++) {
        const first = await fetch(`${penstock.origin}/shop/`);
        const given = first.headers.getSetCookie();
        assert.equal(given.length, 1);
        assert.match(given[0] ?? "", /^version=\d{1,4}; Path=\/; HttpOnly; SameSite=Lax$/);
        const cookie = given[0]?.split(";")[0] ?? "";
        const version = await first.text();
        seen.add(version);
        for (let n = 0; n < 5; n++) {
          const next = await fetch(`${penstock.origin}/shop/`, { headers: { cookie } });
          assert.deepEqual(next.headers.getSetCookie(), []);
          assert.equal(await next.text(), version);
        }
      }
      assert.equal(seen.size, 2, "both versions were given");
      for (const [name, version] of [
        ["canary", "two"],
        ["stable", "one"],
      ]) {
        const headers = { cookie: `a=b; version=${name}` };
        const answer = await fetch(`${penstock.origin}/shop/`, { headers });
        assert.equal(await answer.text(), `/shop/ ${version}`);
      }
    },
  ));

test("a canary that cannot start costs no request that may be repeated: its share falls back to the pool", () =>
  withPenstock(
    ({ url, folder }) => {
      return {
        shop: {
          urls: [url("/shop/")],
          command: serve("0"),
          directory: folder,
          failure: { rapidFailProtectionMaxCrashes: 2 },
          canary: { command: serve("process.exit(3)"), weight: 50 },
        },
      };
    },
    async (penstock) => {
      await using load = startLoad({ origin: penstock.origin, path: "/shop/", clients: 4 });
      await eventually("the canary is offline", () => penstock.pool(CANARY), {
        found: ({ state }) => state === "rapid_fail",
        withinMs: 60_000,
      });
      const before = load.answered;
      await eventually("requests go on", () => load.answered, {
        found: (count) => count > before + 200,
        withinMs: 30_000,
      });
      const refused = await command(penstock, "pool", "promote", "shop");
      assert.equal(refused.code, 5);
      assert.match(refused.stderr, /its canary is offline/);
      await operate(penstock, "pool", "rollback", "shop");
      await load.end();
      assert.deepEqual(load.faults, []);
    },
  ));

/** Removals of the canary's queue. */
function removed(penstock: Penstock) {
  return penstock.logged("queue.removed").filter(({ pool }) => pool === CANARY);
}

async function ask(penstock: Penstock): Promise<string> {
  const answer = await fetch(`${penstock.origin}/shop/`);
  assert.equal(answer.status, 200);
  return await answer.text();
}

/** The canary's share of the requests that the listener put into queues. */
async function takenBy(penstock: Penstock): Promise<number> {
  const metrics = await penstock.metrics("listener");
  const dequeued = (pool: string) =>
    metrics.value(`penstock_queue_dequeued_total{pool="${pool}"}`) ?? 0;
  const [stable, canary] = [dequeued("shop"), dequeued(CANARY)];
  return canary / (stable + canary);
}

/** Applies these pools from a file beside the controller's. */
async function apply(penstock: Penstock, applicationPools: Pools) {
  const configuration = join(penstock.workspace.folder, "next.yaml");
  await configure({ ...penstock.workspace, configuration }, { version: 1, applicationPools });
  const end = await command(penstock, "config", "apply", configuration);
  assert.equal(end.code, 0, end.stderr);
  return end;
}

/** Kills the controller and waits until another one decides. */
async function replaceController(penstock: Penstock): Promise<void> {
  const configured = () => penstock.logged("configuration.applied").length;
  const before = configured();
  process.kill(penstock.pidOf("controller"), "SIGKILL");
  await eventually("another controller", () => configured(), { found: (count) => count > before });
  await eventually("its API", () => penstock.pool("shop").catch(() => undefined), {
    found: (pool) => pool !== undefined,
  });
}
