import assert from "node:assert/strict";
import { test } from "node:test";
import { startCpuMeter } from "./cpu-meter.ts";

const nobody = 2 ** 31 - 1;

test("time is read for each part, and a part with a process that is not there is left out", (context) => {
  if (process.platform !== "linux") return context.skip("there is no /proc");
  const read = startCpuMeter(
    new Map([
      ["own", [process.pid]],
      ["gone", [process.pid, nobody]],
    ]),
  );
  const used = read();
  assert.deepEqual(Object.keys(used), ["own"]);
  assert.ok((used["own"] ?? -1) >= 0);
});
