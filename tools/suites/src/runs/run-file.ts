// Runs one file of a suite in a process of its own, with the runner that it was written for.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Outcome } from "./outcome.ts";

const REPORTER = fileURLToPath(new URL("outcome-reporter.ts", import.meta.url));

/** How long one test may take, milliseconds: for a machine that does much else. */
const TEST_LIMIT_MS = 15_000;

/** How long a whole file may take, milliseconds: the longest ones have hundreds of tests. */
const FILE_LIMIT_MS = 120_000;

/** The end of what a file that failed as a whole said, characters. */
const SAID_MAX = 500;

let files = 0;

/** Where and how a file is run. */
export interface FileRun {
  /** The suite's folder. */
  readonly place: string;
  /** A folder for what is written meanwhile. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Runs a file to its end. */
export async function runFile(
  file: string,
  { place, folder, environment }: FileRun,
): Promise<Outcome[]> {
  const written = join(folder, `outcomes-${++files}`);
  const child = spawn(
    process.execPath,
    [
      `--test-timeout=${TEST_LIMIT_MS}`,
      `--test-reporter=${REPORTER}`,
      `--test-reporter-destination=${written}`,
      file,
    ],
    { cwd: place, env: environment, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-SAID_MAX);
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), FILE_LIMIT_MS);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(limit);
  const outcomes = readOutcomes(written).map(({ test, ...outcome }): Outcome => {
    const path = `${file} > ${test}`;
    return Object.assign(outcome, { test: path });
  });
  const explained = outcomes.some(({ result }) => result === "failed");
  if (code === 0 || explained) return outcomes;
  return [...outcomes, { test: `${file} > (file)`, result: "failed", message: said }];
}

function readOutcomes(file: string): Outcome[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Outcome);
}
