import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { injectReporter, type ReporterOrders } from "./injection.ts";
import type { Tally } from "./tally.ts";

/** Runs `node --test` over a file with the reporter injected. */
function runTests(t: TestContext, file: string, orders: Partial<ReporterOrders> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "penstock-tally-"));
  t.after(() => rmSync(folder, { recursive: true }));
  // An environment of its own: inside `node --test` and Nx there are variables that change what is printed.
  const environment = {
    PATH: process.env["PATH"],
    npm_package_name: "@penstock/sample",
    NODE_OPTIONS: "--no-warnings",
  };
  const { stdout, status } = spawnSync(
    process.execPath,
    ["--test", fileURLToPath(new URL(`test-support/${file}`, import.meta.url))],
    {
      encoding: "utf8",
      env: injectReporter(environment, {
        folder: join(folder, "tallies"),
        silenceLimitMs: 60_000,
        ...orders,
      }),
    },
  );
  const [tally = "{}", ...more] = readdirSync(join(folder, "tallies")).map((name) =>
    readFileSync(join(folder, "tallies", name), "utf8"),
  );
  assert.deepEqual(more, [], "one tally for one run");
  return { stdout, status, tally: JSON.parse(tally) as Tally };
}

test("a run leaves a tally behind and prints what it always prints", (t) => {
  const { stdout, status, tally } = runTests(t, "sample-tests.ts");
  assert.equal(status, 1);
  assert.match(stdout, /^ℹ pass 3$/m);
  assert.match(stdout, /✖ fails/);
  const { failures, ...rest } = tally;
  assert.deepEqual(
    failures.map(({ title }) => title),
    ["fails"],
  );
  assert.match(failures[0]?.place ?? "", /sample-tests\.ts:\d+$/);
  assert.match(failures[0]?.cause ?? "", /^AssertionError[^\n]*\n\n1 !== 2/);
  assert.deepEqual(rest, {
    project: "@penstock/sample",
    passed: 3,
    failed: 1,
    skipped: [
      { title: "outer > inner > is skipped, deep down", reason: "no engine answers" },
      { title: "a suite that is skipped", reason: "no engine answers" },
      { title: "is skipped while it runs", reason: "no network" },
      { title: "is skipped without a reason", reason: "" },
    ],
  });
});

test("a file that breaks before its first test is a failure", (t) => {
  const { status, tally } = runTests(t, "broken-tests.ts");
  assert.equal(status, 1);
  assert.equal(tally.failed, 1);
});

test("a run that hangs is ended, says where it hung, and counts as a failure", (t) => {
  const { stdout, status, tally } = runTests(t, "hanging-tests.ts", { silenceLimitMs: 2500 });
  assert.equal(status, 1);
  assert.match(stdout, /hanging-tests\.ts/);
  assert.deepEqual(tally, {
    project: "@penstock/sample",
    passed: 1,
    failed: 1,
    failures: [],
    skipped: [],
  });
});

const fault = "no engine answers";

test("where containers cannot run, a container test is skipped with the reason, by its title", (t) => {
  const { status, tally } = runTests(t, "sample.container.test.ts", {
    containers: { fault, required: false },
  });
  assert.equal(status, 0);
  assert.deepEqual(tally, {
    project: "@penstock/sample",
    passed: 0,
    failed: 0,
    failures: [],
    skipped: [{ title: "starts a container", reason: fault }],
  });
});

test("where they are required, it fails with the reason", (t) => {
  const { status, stdout, tally } = runTests(t, "sample.container.test.ts", {
    containers: { fault, required: true },
  });
  assert.equal(status, 1);
  assert.equal(tally.failed, 1);
  assert.match(stdout, /no engine answers, and container tests are required/);
});

test("other tests, and containers where they can run, are left alone", (t) => {
  const orders = { containers: { fault, required: true } };
  assert.equal(runTests(t, "sample-tests.ts", orders).tally.passed, 3);
  assert.match(runTests(t, "sample.container.test.ts").stdout, /this ran/);
});
