// What `npm run bench` can be told.

import { parseArgs } from "node:util";

/** A measurement. */
export type Measurement = (typeof allMeasurements)[number];

/** What a run without `--only` measures: what a request, a start and the walls cost. */
const usualMeasurements = ["hot", "cold", "containers", "walls"] as const;

/** Each by its name alone. */
const namedMeasurements = [
  "changes",
  "flash-crowd",
  "idle-streams",
  "many-pools",
  "slow-clients",
  "streaming",
] as const;

const allMeasurements = [...usualMeasurements, ...namedMeasurements] as const;

/** The options of a run. */
export interface BenchOptions {
  /** Of each load; a transfer of streaming takes {@link transferTimes} times as long. */
  readonly seconds: number;
  /**
   * Of the hot path and of the walls; the cold starts take {@link coldTurnsPerRound} and {@link containerTurnsPerRound}
   * turns for each.
   */
  readonly rounds: number;
  /** Of the hot path. */
  readonly connections: readonly number[];
  /** Requests under way at one time, of the walls. */
  readonly inFlight: readonly number[];
  /** Of the idle streams. */
  readonly streams: number;
  /** Of the slow clients. */
  readonly attackers: number;
  /** At zero, of the many pools. */
  readonly pools: number;
  readonly measurements: readonly Measurement[];
  /** Where the results go as JSON, if anywhere. */
  readonly json: string | undefined;
}

/** What one worker takes at once is limited: a pool's `concurrency`. */
const STREAMS_MAX = 10_000;
const ATTACKERS_MAX = 9000;

/** A transfer takes so many times as long as a load: its windows have to open. */
export const transferTimes = 2;

/** Starts are short and vary: they are repeated more often than loads. */
export const coldTurnsPerRound = 4;

/** Starts of containers take seconds from one to the next. */
export const containerTurnsPerRound = 2;

/** Changes under load are watched for half a minute and more: so many rounds are one turn of all of them. */
export const roundsPerChangesTurn = 3;

/** For `--help` and after a mistake. */
export const usage = `npm run bench -- [options]
  --seconds N            length of each load (2)
  --rounds N             rounds of hot path and walls; for every round four cold starts of each kind, two of
                         each kind of container (5)
  --connections N,N,...  connections of the hot path (1,64,256)
  --in-flight N,N,...    requests under way at one time, of the walls (64,256)
  --streams N            idle streams of each target (10000)
  --attackers N          slow clients (2000)
  --pools N              pools at zero, of many-pools (5000)
  --only NAME            one measurement: ${usualMeasurements.join(", ")}, which are all measured
                         without it, or one of ${namedMeasurements.join(", ")}
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
    connections: counts("--connections", values.connections),
    inFlight: counts("--in-flight", values["in-flight"]),
    streams: count("--streams", values.streams, STREAMS_MAX),
    attackers: count("--attackers", values.attackers, ATTACKERS_MAX),
    pools: count("--pools", values.pools),
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
        "in-flight": { type: "string", default: "64,256" },
        streams: { type: "string", default: "10000" },
        attackers: { type: "string", default: "2000" },
        pools: { type: "string", default: "5000" },
        only: { type: "string" },
        json: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (thrown) {
    throw new UsageMistake((thrown as Error).message);
  }
}

function measurements(only: string | undefined): readonly Measurement[] {
  if (only === undefined) return usualMeasurements;
  const found = allMeasurements.find((name) => name === only);
  if (found) return [found];
  throw new UsageMistake(`--only takes one of ${allMeasurements.join(", ")}, not ${only}`);
}

function counts(option: string, text: string): number[] {
  return text.split(",").map((part) => count(option, part));
}

function count(option: string, text: string, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (value > max) throw new UsageMistake(`${option} takes ${max} at most, not ${text}`);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageMistake(`${option} takes whole numbers from 1 on, not ${text}`);
  return value;
}
