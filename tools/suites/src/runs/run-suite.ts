// Runs a suite's files, several at once, with its servers on the way under test.

import { globSync } from "node:fs";
import { join } from "node:path";
import { SLOT_PLAN, writeSlotPlan } from "../slots/slot-plan.ts";
import type { Suite } from "../suites.ts";
import type { Way } from "../ways/way.ts";
import type { Outcome } from "./outcome.ts";
import { runFile } from "./run-file.ts";
import { layOut } from "./workplace.ts";

const PRELOAD = new URL("../slots/preload.ts", import.meta.url).href;

/** How a suite is run. */
export interface SuiteRun {
  readonly suite: Suite;
  readonly way: Way;
  /** A folder for this run alone. */
  readonly folder: string;
  /** Files at once. */
  readonly concurrency: number;
  /** Only these, instead of all that the suite has. */
  readonly files?: readonly string[];
}

/** Runs a suite to its end. The outcomes are in the order of the files' names. */
export async function runSuite(run: SuiteRun): Promise<Outcome[]> {
  const { suite, folder, concurrency } = run;
  const place = layOut(suite);
  const files = (run.files ?? globSync([...suite.tests], { cwd: place })).toSorted();
  const outcomes = new Map<string, Outcome[]>();
  const waiting = [...files];
  const environment = environmentOf(run);
  const runner = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      outcomes.set(file, await runFile(file, { place, folder, environment }));
  };
  await Promise.all(Array.from({ length: concurrency }, runner));
  return files.flatMap((file) => outcomes.get(file) ?? []);
}

function environmentOf({ way, folder }: SuiteRun): NodeJS.ProcessEnv {
  // What a test runner around this one says is not for the suite.
  const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, ...inherited } = process.env;
  if (!way.plan) return inherited;
  const file = join(folder, "slots.json");
  writeSlotPlan(file, way.plan);
  return { ...inherited, [SLOT_PLAN]: file, NODE_OPTIONS: `--import=${PRELOAD}` };
}
