import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationGenerationOf, generationOf } from "./generation.ts";
import { givenConfiguration, givenPool } from "./given-configuration.ts";

const plain = givenPool("environment: { A: b, C: d }", "secrets: { S: { env: X } }");

test("a generation is a short word that stays the same from version to version", () => {
  // Workers carry it as a label: when this changes, an update of Penstock recycles every worker.
  assert.equal(generationOf(plain), "8d46866aa292");
});

const different: readonly (readonly [what: string, pool: typeof plain])[] = [
  ["another name", { ...plain, name: "b" }],
  ["a module instead of a command", { ...plain, application: { kind: "module", module: "/a.ts" } }],
  ["another command", { ...plain, application: { kind: "command", command: ["serve", "-v"] } }],
  ["another directory", { ...plain, directory: "/data" }],
  ["another variable", { ...plain, environment: { A: "b", C: "e" } }],
  ["another secret", { ...plain, secrets: { S: { file: "/x" } } }],
  ["another concurrency", { ...plain, concurrency: 3 }],
  ["an image", { ...plain, application: { kind: "image", image: "nginx", port: 80 } }],
  ["another limit", { ...plain, limits: { memoryBytes: 1 << 29 } }],
  ["another container", { ...plain, container: { ...plain.container, readOnlyRoot: false } }],
];

for (const [what, pool] of different) {
  test(`${what} makes another generation`, () => {
    assert.notEqual(generationOf(pool), generationOf(plain));
  });
}

const same: readonly (readonly [what: string, pool: typeof plain])[] = [
  ["the order of variables", { ...plain, environment: { C: "d", A: "b" } }],
  ["the URLs", { ...plain, urls: ["http://+:8081/"] }],
  ["the queue", { ...plain, queueLength: 10, queueTimeoutMs: 1 }],
  ["scaling", { ...plain, processModel: { ...plain.processModel, maxProcesses: 9 } }],
  ["supervision", { ...plain, failure: { ...plain.failure, rapidFailProtection: false } }],
  ["start mode", { ...plain, startMode: "AlwaysRunning" }],
];

for (const [what, pool] of same) {
  test(`${what} does not make another generation`, () => {
    assert.equal(generationOf(pool), generationOf(plain));
  });
}

const pool = (name: string, more = "") =>
  `  ${name}: { urls: ["http://+:8080/${name}/"], command: [serve]${more} }`;
const meaningOf = (...pools: readonly string[]) =>
  configurationGenerationOf(
    givenConfiguration(["version: 1", "applicationPools:", ...pools].join("\n")),
  );

test("a configuration's generation is that of what it means, not of how it is written", () => {
  assert.equal(
    meaningOf(pool("a"), pool("b")),
    meaningOf(pool("b"), pool("a", ", queueLength: 1000")),
  );
  assert.notEqual(meaningOf(pool("a")), meaningOf(pool("a", ", queueLength: 999")));
  assert.match(meaningOf(pool("a")), /^[0-9a-f]{12}$/);
});
