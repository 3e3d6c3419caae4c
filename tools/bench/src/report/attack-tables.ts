// The attack of slow clients as tables: the others, the memory, and whom it cut off.

import { fixed, table } from "@penstock/figures";
import { attacks } from "../slow-clients/attackers.ts";
import { behavedFailed, goesOn } from "../slow-clients/attack-verdict.ts";
import type { AttackSample, Phase } from "../slow-clients/slow-clients.ts";

const MIB = 1_048_576;
const phases: readonly Phase[] = ["before", "during", "after"];

/** All of it. */
export function attackTables(sample: AttackSample): string {
  const { behaved, memory, cutOff, reasons } = sample;
  const parts = Object.keys(memory.before);
  return [
    table([
      ["pool", "phase", "requests", "p50 ms", "p99 ms", "max ms", "non-2xx", "broken", ""],
      ...behaved
        .toSorted((one, other) => one.pool.localeCompare(other.pool))
        .map(({ phase, pool, load }) => [
          pool,
          phase,
          String(load.requests),
          fixed(load.p50Ms, 2),
          fixed(load.p99Ms, 2),
          fixed(load.maxMs, 1),
          String(load.non2xx),
          String(load.broken),
          behavedFailed({ load }) ? "FAILED" : "",
        ]),
    ]),
    "Highest RSS, MiB",
    table([
      ["phase", ...parts],
      ...phases.map((phase) =>
        Array.of<string>(phase).concat(
          parts.map((part) => fixed((memory[phase][part]?.rss ?? NaN) / MIB, 1)),
        ),
      ),
    ]),
    "Attackers that were cut off (each came back at once), and why the listener says so",
    table([
      ["attack", "cut off", ""],
      ...attacks.map((attack) => [
        attack,
        String(cutOff[attack]),
        goesOn(attack, sample) ? "FAILED" : "",
      ]),
    ]),
    table([
      ["reason", "times"],
      ...Object.entries(reasons).map(([reason, times]) => [reason, String(times)]),
    ]),
  ].join("\n\n");
}
