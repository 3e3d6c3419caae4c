// `npm run bench`: measures Penstock against its peers on this machine and prints what it found. Results go to
// standard output, all else to standard error. Whatever happens, the processes end and the folder goes.

import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { parseOptions, usage, UsageMistake, type BenchOptions } from "./options.ts";
import { reportText } from "./report/report-text.ts";
import { runBench } from "./run-bench.ts";
import { attackFailed } from "./slow-clients/attack-verdict.ts";

/** What a shell adds to the number of the signal that ended a program. */
const SIGNALLED = 128;

function readOptions(): BenchOptions {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options) return options;
    process.stdout.write(usage);
    return process.exit(0);
  } catch (thrown) {
    if (!(thrown instanceof UsageMistake)) throw thrown;
    process.stderr.write(`${thrown.message}\n\n${usage}`);
    return process.exit(2);
  }
}

const options = readOptions();
const interrupted = new AbortController();
let interruptedCode = SIGNALLED;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => {
    // The second one does not wait: what still runs is killed at the exit.
    if (interrupted.signal.aborted) process.exit(interruptedCode);
    interruptedCode += constants.signals[name];
    process.stderr.write(`${name}: stopping everything\n`);
    interrupted.abort();
  });
try {
  const results = await runBench(options, interrupted.signal);
  process.stdout.write(reportText(results));
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
  const loads = [...(results.hot?.rows ?? []), ...(results.walls?.rows ?? [])];
  const changed = [...(results.changes?.rows ?? []), ...(results.crowd?.rows ?? [])];
  const others = [...(results.idleStreams?.rows ?? []), ...(results.streaming?.rows ?? [])];
  const many = results.manyPools?.rows ?? [];
  const wrong =
    [...loads, ...others, ...many].some(({ failed }) => failed) ||
    (results.slowClients?.rows ?? []).some(attackFailed);
  if (wrong || changed.some(({ failed }) => failed > 0)) process.exitCode = 1;
} catch (thrown) {
  if (interrupted.signal.aborted) process.exit(interruptedCode);
  process.stderr.write(`bench: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
