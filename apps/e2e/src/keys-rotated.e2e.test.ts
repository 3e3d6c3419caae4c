// The signing keys are replaced while everything runs, and nobody notices; the former ones end.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { command } from "./support/operate.ts";
import { pids, type Penstock, type Place, type Pools } from "./support/penstock.ts";
import { launch, untilUp, withPenstock } from "./support/run-penstock.ts";

const pools = ({ url, application }: Place): Pools => ({
  echo: {
    urls: [url("/echo/")],
    module: application("echo"),
    processModel: { minProcesses: 2, maxProcesses: 2 },
  },
  other: { urls: [url("/other/")], module: application("echo"), startMode: "AlwaysRunning" },
});

test("creds rotate under load fails no request, keeps the workers, and retires the former keys", () =>
  withPenstock(pools, async (penstock) => {
    const before = await penstock.untilWorkers("echo", 2);
    await penstock.untilWorkers("other", 1);
    const keysBefore = await poolKeys(penstock);
    await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 8 });
    await using posts = startLoad({
      origin: penstock.origin,
      path: "/other/",
      method: "POST",
      clients: 2,
    });
    await delay(500);
    const { code, stderr } = await creds(penstock, "rotate");
    assert.equal(code, 0, stderr);
    await eventually("the former keys are retired", () => retired(penstock), {
      found: (what) =>
        ["account-writer", "pool echo", "pool other"].every((it) => what.includes(it)),
    });
    await delay(1000);
    const answered = load.answered;
    await delay(500);
    await load.end();
    await posts.end();
    assert.deepEqual([load.faults, posts.faults], [[], []]);
    assert(load.answered > answered && answered > 500, `${answered}, then ${load.answered}`);
    const after = await penstock.workers("echo");
    assert.deepEqual(pids(after), pids(before), "the same workers");
    const keysAfter = await poolKeys(penstock);
    assert.notEqual(keysAfter.signer, keysBefore.signer);
    assert.deepEqual(keysAfter.former, [], "the former key signs nobody in any more");

    const again = await creds(penstock, "rotate");
    assert.equal(again.code, 5, "the broker learns the operator's next key at its start");
    assert.match(again.stderr, /does not know the operator's next signing key/);
    assert.equal((await fetch(`${penstock.origin}/echo/1`)).status, 200);

    // A broker that knows only the new keys.
    await penstock.stop();
    const next = await launch(penstock.workspace, pools);
    await untilUp(next.command);
    assert.equal((await fetch(`${next.origin}/echo/2`)).status, 200);
    const second = await creds(next, "rotate");
    assert.equal(second.code, 0, second.stderr);
    assert.equal((await fetch(`${next.origin}/other/3`)).status, 200);
    await next.stop();
  }));

function retired(penstock: Penstock): unknown[] {
  return penstock.logged("keys.retired").map(({ what }) => what);
}

async function poolKeys({ workspace }: Penstock): Promise<{ signer: string; former: string[] }> {
  const text = await readFile(join(workspace.state, "keys/pools/echo.json"), "utf8");
  return JSON.parse(text) as { signer: string; former: string[] };
}

function creds(penstock: Penstock, ...args: readonly string[]) {
  return command(penstock, "creds", ...args);
}
