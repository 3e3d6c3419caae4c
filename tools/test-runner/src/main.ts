// `npm test`: runs the tests of all projects through Nx, prints each project's own summary as it comes,
// then what this machine could not run and what failed, and closes with one line that sums up. It never takes a result
// from Nx's cache: a sum is only worth something when the tests ran. Arguments go to `nx run-many`
// (`npm test -- --projects=@penstock/wire`); PENSTOCK_TEST_SUM names a file for the closing line.
// Files named `*.container.test.ts` need a Docker engine: where none answers they are skipped with the
// reason, or fail when PENSTOCK_REQUIRE_CONTAINERS is 1.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { containerFault } from "./container-engine.ts";
import { injectReporter } from "./injection.ts";
import { closingLine, failureReport, skippedReport, sumTallies, type Tally } from "./tally.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const programs = join(root, "node_modules", ".bin");
const folder = mkdtempSync(join(tmpdir(), "penstock-tests-"));
const { PENSTOCK_TEST_SUM: sumFile, ...environment } = process.env;

/** The longest test takes a small part of this, also on a machine that is busy with other things. */
const silenceLimitMs = 5 * 60_000;

const fault = await containerFault(environment);
const required = environment["PENSTOCK_REQUIRE_CONTAINERS"] === "1";
const containers = fault === undefined ? {} : { containers: { fault, required } };

// One project at a time: tests look at real clocks and real processes.
const run = [
  "run-many",
  "--target=test",
  "--parallel=1",
  "--output-style=static",
  "--skip-nx-cache",
];
const nx = spawn(join(programs, "nx"), [...run, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...injectReporter(environment, { folder, silenceLimitMs, ...containers }),
    // The project's own Node.js, also where this was not started by npm.
    PATH: `${programs}${delimiter}${environment["PATH"]}`,
    NX_DAEMON: "false",
  },
});
// Ctrl-C reaches Nx as well; what it had until then is still summed up.
process.on("SIGINT", () => {});

const [code] = (await once(nx, "exit")) as [number | null];
const tallies = readdirSync(folder)
  .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Tally)
  .toSorted((a, b) => (a.project < b.project ? -1 : 1));
rmSync(folder, { recursive: true });

const sum = sumTallies(tallies, code ?? 1);
for (const line of [...skippedReport(tallies), ...failureReport(tallies), closingLine(sum)])
  process.stdout.write(`${line}\n`);
if (sumFile) writeFileSync(sumFile, `${closingLine(sum)}\n`);
process.exitCode = sum.failed > 0 ? 1 : 0;
