import assert from "node:assert/strict";
import { test } from "node:test";
import type { WallsSample } from "./account-walls.ts";
import { summarizeWalls } from "./walls-summary.ts";

interface Given extends Pick<WallsSample, "round" | "target"> {
  readonly requests: number;
  readonly kind?: WallsSample["kind"];
  readonly inFlight?: number;
  readonly server?: number;
}

function sample({ requests, kind = "GET", inFlight = 64, server = 0, ...facts }: Given) {
  const load = { requests, seconds: 1, p50Ms: 1, p99Ms: 2, maxMs: 3, non2xx: 0, broken: 0 };
  return { ...facts, kind, inFlight, load, cpu: { "nats-server": server } };
}

test("the walls are compared with the open account of the same round, kind and number", () => {
  const rows = summarizeWalls([
    sample({ round: 0, target: "open", requests: 100, server: 1000 }),
    sample({ round: 0, target: "walls", requests: 80, server: 1600 }),
    sample({ round: 0, target: "open", kind: "POST", requests: 1000 }),
    sample({ round: 0, target: "walls", kind: "POST", requests: 500 }),
    sample({ round: 0, target: "open", inFlight: 256, requests: 400 }),
    sample({ round: 0, target: "walls", inFlight: 256, requests: 100 }),
    // The machine was busy with something else in this round: both got a tenth.
    sample({ round: 1, target: "walls", requests: 8, server: 160 }),
    sample({ round: 1, target: "open", requests: 10, server: 100 }),
  ]);
  const told = rows.map(({ kind, inFlight, target, againstPeer }) => [
    `${kind} ${inFlight} ${target}`,
    againstPeer.requestsPerSecond,
  ]);
  assert.deepEqual(told, [
    ["GET 64 open", 1],
    ["GET 64 walls", 0.8],
    ["POST 64 open", 1],
    ["POST 64 walls", 0.5],
    ["GET 256 open", 1],
    ["GET 256 walls", 0.25],
  ]);
  assert.equal(rows[1]?.cpuByPart["nats-server"], 20);
  assert.equal(rows[1].againstPeer.cpu, 2);
});
