import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { checkWorkspace } from "./check.ts";
import { packages } from "./test-support/small-workspace.ts";
import { readPackages } from "./workspace.ts";

test("findings are told as file:line rule: message, files in order", () => {
  const files = [
    { path: "README.md", text: 'import "fastify"' },
    { path: "libs/domain/src/a.ts", text: '// What stands here and why.\nimport "pino";\n' },
    { path: "libs/domain/src/b.ts", text: "export const x = 1;\n" },
  ];
  assert.deepEqual(checkWorkspace(packages, files), [
    "libs/domain/src/a.ts:2 one-door: pino is imported in @penstock/process only",
    "libs/domain/src/b.ts:1 opening-prose: opens without a comment that says what stands here",
  ]);
});

test("packages are read from the workspace, the deeper ones first", (t) => {
  const root = mkdtempSync(join(tmpdir(), "penstock-boundaries-"));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, content: object) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify(content));
  };
  write("package.json", { name: "root", workspaces: ["libs/*", "libs/data-plane/*", "examples"] });
  write("libs/a/package.json", {
    name: "@x/a",
    exports: { ".": "./src/index.ts", "./metrics": "./src/metrics.ts" },
    nx: { tags: ["layer:core"] },
  });
  write("libs/data-plane/b/package.json", { name: "@x/b" });
  write("examples/package.json", { name: "@x/examples" });
  assert.deepEqual(readPackages(root), [
    { name: "@x/b", directory: "libs/data-plane/b", tags: [], entrances: [] },
    { name: "@x/examples", directory: "examples", tags: [], entrances: [] },
    {
      name: "@x/a",
      directory: "libs/a",
      tags: ["layer:core"],
      entrances: ["@x/a", "@x/a/metrics"],
    },
  ]);
});
