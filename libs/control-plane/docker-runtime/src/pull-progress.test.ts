import assert from "node:assert/strict";
import { test } from "node:test";
import { PullProgress } from "./pull-progress.ts";

const layer = (id: string, current: number, total: number) => ({
  status: "Downloading",
  id,
  progressDetail: { current, total },
});

test("progress is told in tenths, and never goes back when another layer comes to light", () => {
  const progress = new PullProgress();
  const lines = [
    { status: "Pulling from acme/shop", id: "1.4.2" },
    { status: "Pulling fs layer", id: "a", progressDetail: {} },
    layer("a", 5, 100),
    layer("a", 12, 100),
    layer("a", 19, 100),
    layer("b", 0, 900),
    layer("a", 100, 100),
    layer("b", 400, 900),
    { status: "Extracting", id: "a", progressDetail: { current: 1, total: 100 } },
    layer("b", 900, 900),
  ];
  assert.deepEqual(
    lines.flatMap((line) => progress.take(line) ?? []),
    [10, 50, 100],
  );
});
