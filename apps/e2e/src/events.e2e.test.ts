// What happens is told with its reason, while it happens and after a restart of the controller.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import test from "node:test";
import type { CommandLine } from "./support/command-line.ts";
import { eventually } from "./support/eventually.ts";
import { command, follow } from "./support/operate.ts";
import type { Penstock, Place, Pools } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const pools = ({ url, application }: Place): Pools => ({
  echo: { urls: [url("/echo/")], module: application("echo") },
  fragile: {
    urls: [url("/fragile/")],
    command: ["node", "-e", "console.error('hunter2'); process.exit(3)"],
    failure: { rapidFailProtectionMaxCrashes: 2 },
  },
});

interface ShownEvent {
  readonly id: number;
  readonly kind: string;
  readonly was?: number;
  readonly pool?: string;
  readonly message: string;
}

test("start, exit, failure, reload and what operators did are events, in order, with their reasons", () =>
  withPenstock(pools, async (penstock) => {
    const { workspace, place } = penstock;
    const follower = follow(penstock, "events", "-f", "-o", "json");
    assert.equal((await fetch(`${penstock.origin}/echo/`)).status, 200);
    assert.equal((await fetch(`${penstock.origin}/fragile/`)).status, 503);
    for (const verb of ["recycle", "stop", "start"])
      assert.equal((await command(penstock, "pool", verb, "echo")).code, 0);
    const { echo } = pools(place);
    const write = (content: string) => writeFile(workspace.configuration, content);
    await write("version: 2\n");
    assert.equal((await command(penstock, "config", "apply")).code, 2);
    await write(JSON.stringify({ version: 1, applicationPools: { echo } }));
    assert.equal((await command(penstock, "config", "apply")).code, 0);

    const kinds = [
      "configuration.loaded",
      "worker.started",
      "worker.ready",
      "worker.exited.crash",
      "pool.offline",
      "operator.pool.recycle",
      "worker.exited.recycle",
      "operator.pool.stop",
      "worker.exited.manual",
      "operator.pool.start",
      "configuration.refused",
      "configuration.applied",
      "pool.removed",
    ];
    const seen = await eventually("all of them", () => eventsIn(follower), {
      found: (events) => kinds.every((kind) => events.some((event) => event.kind === kind)),
      withinMs: 30_000,
    });
    follower.child.kill("SIGKILL");
    await follower.ended;
    const told = (kind: string) => seen.find((event) => event.kind === kind);
    assert.equal(told("pool.offline")?.was, 5002);
    assert.match(told("pool.offline")?.message ?? "", /too many failures: .* exited with code 1/);
    assert.equal(told("operator.pool.recycle")?.was, 5079);
    assert.match(told("operator.pool.stop")?.message ?? "", /by an operator at 127\.0\.0\.1/);
    assert.match(told("configuration.refused")?.message ?? "", /penstock\.yaml:1:10 {2}error/);
    assert.match(told("configuration.applied")?.message ?? "", /pool fragile is removed/);
    assert(!JSON.stringify(seen).includes("hunter2"), "nothing that an application printed");

    const before = seen.filter(({ kind }) => kind !== "configuration.applied").map(({ id }) => id);
    process.kill(penstock.pidOf("controller"), "SIGKILL");
    const after = await eventually("another controller tells them", () => listed(penstock), {
      found: (events) => events.filter(({ kind }) => kind === "configuration.loaded").length === 2,
      withinMs: 30_000,
    });
    const known = new Set(after.map(({ id }) => id));
    assert.equal(known.size, after.length, "no number is used twice");
    assert(
      before.every((id) => known.has(id)),
      "none was lost",
    );
    const { stdout } = await command(penstock, "events", "--pool", "fragile", "--limit", "1");
    assert.match(stdout, /^TIME .*\n.* information +- +pool\.removed +pool fragile was removed\n$/);
  }));

function eventsIn({ stdout }: CommandLine): ShownEvent[] {
  const lines = stdout.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ShownEvent);
}

async function listed(penstock: Penstock): Promise<readonly ShownEvent[]> {
  const { code, stdout } = await command(penstock, "events", "--limit", "1000", "-o", "json");
  return code === 0 ? (JSON.parse(stdout) as ShownEvent[]) : [];
}
