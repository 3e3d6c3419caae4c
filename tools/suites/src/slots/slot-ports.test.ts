import assert from "node:assert/strict";
import test from "node:test";
import { slotPorts } from "./slot-ports.ts";

test("fetch() connects to every port of a slot", async () => {
  const ports = await slotPorts(3000);
  assert.equal(new Set(ports).size, 3000);
  const refused: number[] = [];
  for (const port of ports) if ((await reasonAt(port)) === "bad port") refused.push(port);
  assert.deepEqual(refused, []);
});

/** Why nothing comes from a port where nobody listens. */
async function reasonAt(port: number): Promise<string> {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) });
    return "answered";
  } catch (failure) {
    const { cause } = failure as { readonly cause?: unknown };
    return cause instanceof Error ? cause.message : "";
  }
}
