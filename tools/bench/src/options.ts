// What `npm run bench` can be told.

import { parseArgs } from "node:util";

/** A measurement. */
export type Measurement = "hot" | "cold";

/** The options of a run. */
export interface BenchOptions {
  /** Of each load. */
  readonly seconds: number;
  /** Of the hot path; the cold start takes {@link coldTurnsPerRound} turns for each. */
  readonly rounds: number;
  readonly connections: readonly number[];
  readonly measurements: readonly Measurement[];
  /** Where the results go as JSON, if anywhere. */
  readonly json: string | undefined;
}

/** Starts are short and vary: they are repeated more often than loads. */
export const coldTurnsPerRound = 4;

/** For `--help` and after a mistake. */
export const usage = `npm run bench -- [options]
  --seconds N            length of each load (2)
  --rounds N             rounds of the hot path; four cold starts of each kind for every round (5)
  --connections N,N,...  connections of the hot path (1,64,256)
  --only hot|cold        one of the two measurements
  --json FILE            write all results, each round's too, to a file
`;

/** A mistake on the command line. */
export class UsageMistake extends Error {}

/** Reads the command line; undefined when help was asked for. Throws {@link UsageMistake}. */
export function parseOptions(given: readonly string[]): BenchOptions | undefined {
  const values = parse(given);
  if (values.help) return undefined;
  return {
    seconds: count("--seconds", values.seconds),
    rounds: count("--rounds", values.rounds),
    connections: values.connections.split(",").map((text) => count("--connections", text)),
    measurements: measurements(values.only),
    json: values.json,
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        seconds: { type: "string", default: "2" },
        rounds: { type: "string", default: "5" },
        connections: { type: "string", default: "1,64,256" },
        only: { type: "string" },
        json: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (thrown) {
    throw new UsageMistake((thrown as Error).message);
  }
}

function measurements(only: string | undefined): Measurement[] {
  if (only === undefined) return ["hot", "cold"];
  if (only === "hot" || only === "cold") return [only];
  throw new UsageMistake(`--only takes hot or cold, not ${only}`);
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageMistake(`${option} takes whole numbers from 1 on, not ${text}`);
  return value;
}
