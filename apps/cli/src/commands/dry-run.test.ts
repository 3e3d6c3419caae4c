import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import test from "node:test";
import { withCommandLine } from "../given-command-line.ts";

const FILE = `version: 1
applicationPools:
  shop:
    urls: ["http://+:8080/shop/", "http://shop.example:8081/"]
    command: [serve]
    processModel: { minProcesses: 2 }
    canary: { command: [serve, next], weight: 20 }
  sleeper: { urls: ["http://+:8080/"], command: [serve], queueLength: 50 }
  later: { urls: ["http://+:8080/later/"], command: [serve], autoStart: false }
`;

interface ShownPlan {
  readonly ports: readonly number[];
  readonly pools: readonly { readonly name: string; readonly starts: readonly string[] }[];
}

test("a dry run tells what would be started and why, and leaves nothing behind", () =>
  withCommandLine({ "penstock.yaml": FILE }, async (run, folder) => {
    const { code, stdout, stderr } = await run("up", "--dry-run");
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^shop +command serve +1000 +2 of 4: fewer workers than the pool always has/m,
    );
    assert.match(stdout, /^shop~canary +command serve next +1000 +2 of 4/m);
    assert.match(stdout, /^sleeper +command serve +50 +0 of 4: none until its first request/m);
    assert.match(stdout, /^later .*autoStart is false/m);
    assert.match(stdout, /^http:\/\/shop\.example:8081\/ +shop$/m);
    assert.match(stdout, /on ports 8080, 8081\. Nothing was started/);
    assert.deepEqual(await readdir(folder), ["penstock.yaml"]);
  }));

test("a dry run keeps to the host's limits, and says who would go short", () =>
  withCommandLine({ "penstock.yaml": `${FILE}host: { maxWorkers: 3 }\n` }, async (run) => {
    const { code, stdout } = await run("up", "--dry-run", "-o", "json");
    assert.equal(code, 0);
    const plan = JSON.parse(stdout) as ShownPlan;
    assert.deepEqual(plan.ports, [8080, 8081]);
    assert.equal(plan.pools.flatMap(({ starts }) => starts).length, 3);
    assert.match(stdout, /"short": ".*3/);
  }));

test("a dry run of a faulty file is refused like a start, with 2", () =>
  withCommandLine({ "penstock.yaml": FILE.replace("weight: 20", "weight: 120") }, async (run) => {
    const { code, stdout, stderr } = await run("up", "--dry-run");
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^penstock\.yaml:7:\d+\s+error /m);
  }));
