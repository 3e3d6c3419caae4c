// wrk, the load generator of choice: it costs so little that the servers keep the processors.

import { fileURLToPath } from "node:url";
import type { FoundProgram } from "../processes/find-program.ts";
import type { LoadGenerator, LoadResult } from "./load-generator.ts";

const script = fileURLToPath(new URL("./wrk-report.lua", import.meta.url));

/** What the script prints. */
interface WrkReport {
  readonly requests: number;
  readonly microseconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly status: number;
  readonly broken: number;
}

/** The wrk of this machine. */
export function wrk({ executable, version }: FoundProgram): LoadGenerator {
  return {
    name: `wrk ${version}`,
    run: async ({ port, connections, seconds }, processes) => {
      const url = `http://127.0.0.1:${port}/`;
      const run = processes.start({
        name: "wrk",
        executable,
        // One thread: more would take processors from the servers on small machines.
        arguments: [`-t1`, `-c${connections}`, `-d${seconds}s`, "-s", script, url],
        keepOutput: true,
      });
      const code = await run.exited;
      const result = parseWrkResult(run.output) ?? parseRefusal(run.output, connections);
      if (!result) throw new Error(`wrk failed (${code}):\n${run.output}`);
      return result;
    },
  };
}

/** The result when nobody listened (any more): wrk ends at once then, without its report. */
export function parseRefusal(output: string, connections: number): LoadResult | undefined {
  if (!output.includes("unable to connect")) return undefined;
  const none = { p50Ms: NaN, p99Ms: NaN, maxMs: NaN };
  return { requests: 0, seconds: NaN, ...none, non2xx: 0, broken: connections };
}

/** The result within what wrk printed; undefined when there is none. */
export function parseWrkResult(output: string): LoadResult | undefined {
  const line = /^result (\{.*\})$/m.exec(output)?.[1];
  if (line === undefined) return undefined;
  const report = JSON.parse(line) as WrkReport;
  return {
    requests: report.requests,
    seconds: report.microseconds / 1e6,
    p50Ms: report.p50 / 1000,
    p99Ms: report.p99 / 1000,
    maxMs: report.max / 1000,
    non2xx: report.status,
    broken: report.broken,
  };
}
