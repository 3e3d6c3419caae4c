import assert from "node:assert/strict";
import { test } from "node:test";
import { diffConfiguration } from "./diff-configuration.ts";
import { givenConfiguration, poolFile } from "./given-configuration.ts";

function changes(before: string, after: string) {
  const diff = diffConfiguration(
    givenConfiguration(poolFile(before)),
    givenConfiguration(poolFile(after)),
  );
  assert.deepEqual([diff.added, diff.removed], [[], []]);
  return diff.changed;
}

test("equal configurations do not differ, however they are written", () => {
  const none = changes("queueTimeout: 120s", "queueTimeout: 2m");
  assert.deepEqual(none, []);
  assert.deepEqual(changes("environment: { A: 1, B: 2 }", "environment: { B: 2, A: 1 }"), []);
});

const pool = (name: string) => `  ${name}: { urls: ["http://+:8080/${name}/"], command: [serve] }`;

const file = (...names: readonly string[]) =>
  givenConfiguration(["version: 1", "applicationPools:", ...names.map(pool)].join("\n"));

test("pools that came and went are named", () => {
  assert.deepEqual(diffConfiguration(file("a", "b"), file("c", "b")), {
    added: ["c"],
    removed: ["a"],
    changed: [],
  });
});

const rows: readonly (readonly [
  before: string,
  after: string,
  keys: readonly string[],
  generationChanged: boolean,
])[] = [
  ["queueLength: 10", "queueLength: 20", ["queueLength"], false],
  [
    "autoStart: true",
    "processModel: { maxProcesses: 5, idleTimeout: 1m }",
    ["processModel.maxProcesses", "processModel.idleTimeout"],
    false,
  ],
  [
    "environment: { A: 1 }",
    "environment: { A: 2, B: 3 }",
    ["environment.A", "environment.B"],
    true,
  ],
  ["environment: { A: 1 }", "environment: {}", ["environment.A"], true],
  [
    "secrets: { A: { env: X } }",
    "secrets: { A: { file: ./x } }",
    ["secrets.A.env", "secrets.A.file"],
    true,
  ],
  ["concurrency: 1", "concurrency: 2", ["concurrency"], true],
];

for (const [before, after, keys, generationChanged] of rows) {
  test(`from "${before}" to "${after}" changes ${keys.join(" and ")}`, () => {
    assert.deepEqual(changes(before, after), [{ name: "a", keys, generationChanged }]);
  });
}
