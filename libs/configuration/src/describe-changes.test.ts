import assert from "node:assert/strict";
import test from "node:test";
import { describeChanges } from "./describe-changes.ts";
import { givenConfiguration, poolFile } from "./given-configuration.ts";

function told(before: string, after: string): readonly string[] {
  return describeChanges(givenConfiguration(poolFile(before)), givenConfiguration(poolFile(after)));
}

const rows: readonly (readonly [before: string, after: string, sentence: string])[] = [
  ["queueLength: 10", "queueLength: 20", "pool a: queueLength 10 -> 20"],
  [
    "processModel: { idleTimeout: 1m }",
    "processModel: { idleTimeout: 90s }",
    "pool a: processModel.idleTimeout 1m -> 1m30s",
  ],
  ["cpu: { limit: 1 }", "cpu: { limit: 2 }", "pool a: cpu.limit 1 -> 2; its workers are replaced"],
  ["concurrency: 1", "concurrency: 2", "pool a: concurrency 1 -> 2; its workers are replaced"],
  [
    "environment: { PASSWORD: hunter2, LANG: C }",
    "environment: { PASSWORD: hunter3, TOKEN: hunter4 }",
    "pool a: environment.PASSWORD changed, environment.LANG removed, environment.TOKEN added; its workers are replaced",
  ],
  [
    "recycling: { disallowRotationOnConfigChange: true }\n    environment: { A: 1 }",
    "recycling: { disallowRotationOnConfigChange: true }\n    environment: { A: 2 }",
    "pool a: environment.A changed; its workers run on, new ones take it over",
  ],
];

for (const [before, after, sentence] of rows) {
  test(`from "${before}" to "${after}": ${sentence}`, () => {
    assert.deepEqual(told(before, after), [sentence]);
  });
}

test("a command is named, and not shown", () => {
  const [sentence = ""] = describeChanges(
    givenConfiguration(poolFile()),
    givenConfiguration(poolFile().replace("[serve]", "[serve, --password, hunter2]")),
  );
  assert.equal(sentence, "pool a: command changed; its workers are replaced");
});

const pool = (name: string) => `  ${name}: { urls: ["http://+:8080/${name}/"], command: [serve] }`;
const file = (...names: readonly string[]) =>
  givenConfiguration(["version: 1", "applicationPools:", ...names.map(pool)].join("\n"));

test("pools that come and go are told, and nothing of one that stays as it is", () => {
  assert.deepEqual(describeChanges(file("a", "b"), file("b", "c")), [
    "pool a is removed: it finishes what waits and runs",
    "pool c is new: [http://+:8080/c/]",
  ]);
  assert.deepEqual(describeChanges(file("a"), file("a")), []);
});

test("what listeners do besides routing is one change", () => {
  const trusted = `${poolFile()}\nlistener: { trustedProxies: ["10.0.0.0/8"] }`;
  assert.deepEqual(describeChanges(givenConfiguration(poolFile()), givenConfiguration(trusted)), [
    "listeners: certificates, or which proxies are trusted, changed",
  ]);
});

test("limits of the host are told with their values", () => {
  const limited = `${poolFile()}\nhost: { maxWorkers: 50, memory: 8GiB }`;
  assert.deepEqual(describeChanges(givenConfiguration(poolFile()), givenConfiguration(limited)), [
    "host: maxWorkers 0 -> 50, memory 0B -> 8GiB",
  ]);
});
