import assert from "node:assert/strict";
import { test } from "node:test";
import {
  faultLines,
  given,
  givenConfiguration,
  givenPool,
  poolFile,
} from "../given-configuration.ts";
import { describeChanges } from "../describe-changes.ts";
import { versionsOf } from "../generation.ts";
import { renderConfiguration } from "../render-configuration.ts";

const rows: readonly (readonly [title: string, canary: string, ...faults: string[]])[] = [
  ["a command beside a command", "{ command: [serve, v2], weight: 20 }"],
  ["all of the requests", "{ command: [serve, v2], weight: 100 }"],
  ["a header", "{ command: [v2], weight: 0, sticky: { header: X-User-Id } }"],
  [
    "a weight above 100",
    "{ command: [v2], weight: 120 }",
    "6:38 error applicationPools.a.canary.weight: 120 is out of range (0 to 100)",
  ],
  [
    "a weight that is none",
    "{ command: [v2], weight: 20% }",
    '6:38 error applicationPools.a.canary.weight: expected a whole number, found "20%"',
  ],
  ["no weight", "{ command: [v2] }", '6:5 error applicationPools.a.canary: "weight" is missing'],
  [
    "nothing that it runs",
    "{ weight: 5 }",
    '6:5 error applicationPools.a.canary: one of "module", "command" or "image" is missing',
  ],
  [
    "two versions",
    "{ command: [v2], image: acme/v2, weight: 5 }",
    '6:30 error applicationPools.a.canary has both "command" and "image": only one of "module", "command" and "image" may stand',
  ],
  [
    "another kind",
    "{ image: acme/v2, weight: 5 }",
    "6:22 error applicationPools.a.canary.image: the pool runs a command: its canary is one too (write command)",
  ],
  [
    "both ways to stick",
    "{ command: [v2], weight: 5, sticky: { header: A, cookie: B } }",
    '6:62 error applicationPools.a.canary.sticky has both "header" and "cookie": only one of "header" and "cookie" may stand',
  ],
  [
    "no header's name",
    '{ command: [v2], weight: 5, sticky: { header: "X User" } }',
    '6:59 error applicationPools.a.canary.sticky.header: expected the name of a header field, found "X User"',
  ],
  [
    "no cookie's name",
    '{ command: [v2], weight: 5, sticky: { cookie: "a=b" } }',
    '6:59 error applicationPools.a.canary.sticky.cookie: expected the name of a cookie, found "a=b"',
  ],
];

for (const [title, canary, ...faults] of rows)
  test(`canary: ${title}`, () => {
    assert.deepEqual(faultLines(poolFile(`canary: ${canary}`)), faults);
  });

/** A file whose pool runs a module, with this canary on line 6. */
const moduleFile = (canary: string, ...more: readonly string[]) =>
  [
    "version: 1",
    "applicationPools:",
    "  a:",
    '    urls: ["http://+:8080/"]',
    "    module: ./v1.ts",
    `    canary: { module: ${canary}, weight: 20 }`,
    ...more,
  ].join("\n");

test("the module of a canary exists, and lies beside the pool's", () => {
  const at = "6:23 error applicationPools.a.canary.module:";
  assert.deepEqual(faultLines(moduleFile("./missing.ts")), [`${at} ./missing.ts does not exist`]);
  assert.deepEqual(faultLines(moduleFile("v2.ts")), [
    `${at} "v2.ts" is not a path to a file (write ./v2.ts)`,
  ]);
  assert.deepEqual(faultLines(moduleFile("./folder")), [
    `${at} ./folder is a folder, expected a file`,
  ]);
  assert.deepEqual(
    faultLines(moduleFile("./v2.ts", "    container: { image: acme/all }").replace("./v1", "/v1")),
    [`${at} this is a path in container.image and has to begin with /`],
  );
});

test("a canary cannot be a default of all pools", () => {
  const text = `${poolFile()}\napplicationPoolDefaults: { canary: { command: [v2], weight: 5 } }`;
  assert.match(faultLines(text)[0] ?? "", /unknown key "canary" in applicationPoolDefaults/);
});

test("a canary of an image serves on its pool's port, and a shown configuration reads as the same", () => {
  const configuration = givenConfiguration(
    [
      "version: 1",
      "applicationPools:",
      "  a:",
      '    urls: ["http://+:8080/"]',
      "    image: acme/shop:1",
      "    port: 3000",
      "    canary: { image: acme/shop:2, weight: 20, sticky: { cookie: version } }",
    ].join("\n"),
  );
  assert.deepEqual(configuration.pools[0]?.canary, {
    application: { kind: "image", image: "acme/shop:2", port: 3000 },
    weight: 20,
    sticky: { cookie: "version" },
  });
  const again = given(renderConfiguration(configuration));
  assert(again.kind === "ok");
  assert.deepEqual(again.configuration, configuration);
});

const configured = (canary?: string) =>
  givenConfiguration(poolFile(...(canary === undefined ? [] : [`canary: ${canary}`])));

const changes = (before?: string, after?: string) =>
  describeChanges(configured(before), configured(after));

test("what changes of a canary is told, and no command is shown", () => {
  const first = "{ command: [serve, --key=hunter2], weight: 20 }";
  assert.deepEqual(changes(undefined, first), ["pool a: canary with 20 % of its requests added"]);
  assert.deepEqual(changes(first, undefined), ["pool a: canary with 20 % of its requests removed"]);
  assert.deepEqual(changes(first, "{ command: [serve, hunter2], weight: 50 }"), [
    "pool a: canary.command changed, canary.weight 20 -> 50",
  ]);
});

const versions = (...lines: readonly string[]) => versionsOf(givenPool(...lines));

test("two pools have the same versions when both run the same, whatever else differs", () => {
  const twenty = versions("canary: { command: [v2], weight: 20 }");
  assert.equal(versions("canary: { command: [v2], weight: 50 }", "concurrency: 2"), twenty);
  assert.notEqual(versions("canary: { command: [v3], weight: 20 }"), twenty);
  assert.notEqual(versions(), twenty);
});
