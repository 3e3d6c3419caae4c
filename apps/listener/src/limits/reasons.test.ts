// Every word by which a listener refuses or closes can be provoked, and is then in its HTTPERR log as often as it was
// counted.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { reasonPhrases } from "@penstock/domain";
import { ListenerWorld } from "../test-support/listener-world.ts";
import {
  narrow,
  narrowScenes,
  playNarrow,
  playQuick,
  quick,
  quickScenes,
} from "./reason-scenes.ts";

/** Counted by their time limit, whether the request was refused or its connection closed. */
const expiries = [
  "Timer_ConnectionIdle",
  "Timer_HeaderWait",
  "Timer_EntityBody",
  "Timer_MinBytesPerSecond",
];

const scenes = [...Object.keys(quickScenes), ...Object.keys(narrowScenes)];

const REASON_FIELD = 11;

suite("reasons", () => {
  const folder = mkdtempSync(join(tmpdir(), "penstock-reasons-"));
  const logged = new Map<string, number>();
  const counted = new Map<string, number>();

  before(async () => {
    await Promise.all([play(quick, playQuick, "quick"), play(narrow, playNarrow, "narrow")]);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const reason of scenes)
    test(`${reason} is logged as often as it is counted`, () => {
      assert.notEqual(counted.get(reason), undefined, "it happened");
      assert.equal(logged.get(reason), counted.get(reason));
    });

  test("a body is refused, cut and drained no further, each with its line", () => {
    assert((logged.get("Timer_EntityBody") ?? 0) >= 3);
  });

  test("nothing else happened", () => {
    assert.deepEqual([...logged.keys()].sort(), [...counted.keys()].sort());
  });

  test("every reason has its scene, and docs name no other", () => {
    const known = [...new Set([...reasonPhrases, ...expiries])].sort();
    assert.deepEqual([...scenes].sort(), known);
    const limits = readFileSync(new URL("../../../../docs/limits.md", import.meta.url), "utf8");
    for (const [, named = ""] of limits.matchAll(/`(Timer_\w+)`/g))
      assert(known.includes(named), named);
  });

  /** Plays in a world of its own, and reads what its end left. */
  async function play(
    changes: Parameters<typeof ListenerWorld.start>[0] & object,
    scenesOf: (world: ListenerWorld) => Promise<void>,
    name: string,
  ): Promise<void> {
    const httpErrorLog = join(folder, `${name}.log`);
    const settings = { ...changes.settings, httpErrorLog };
    const world = await ListenerWorld.start({ ...changes, settings });
    try {
      await scenesOf(world);
    } finally {
      await world[Symbol.asyncDispose]();
    }
    for (const line of readFileSync(httpErrorLog, "utf8").split("\n"))
      if (line !== "" && !line.startsWith("#")) add(logged, line.split(" ")[REASON_FIELD] ?? "", 1);
    const series = /^penstock_http_(rejections|timeouts)_total\{.*reason="(.*)"\} (\d+)$/gm;
    for (const [, metric, reason = "", value] of (await world.metrics.render()).matchAll(series))
      if (Number(value) > 0 && (metric === "timeouts") === expiries.includes(reason))
        add(counted, reason, Number(value));
  }
});

function add(sums: Map<string, number>, reason: string, count: number): void {
  sums.set(reason, (sums.get(reason) ?? 0) + count);
}
