import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { check } from "prettier";
import { findOutdated, generateFiles, writeFiles } from "./generated-files.ts";

const root = join(import.meta.dirname, "../../..");
const files = await generateFiles();

test("what is generated is what stands in the repository", async () => {
  const outdated = await findOutdated(root, files);
  assert.deepEqual(
    outdated.map(({ path }) => path),
    [],
    "run node tools/reference-docs/src/main.ts",
  );
});

test("generated pages are formatted as the repository wants it", async () => {
  for (const { path, content } of files.filter((file) => file.path.endsWith(".md"))) {
    assert(await check(content, { parser: "markdown", printWidth: 100 }), path);
  }
});

test("a file that is missing or was changed is found, and writing it mends that", async () => {
  const folder = await mkdtemp(join(tmpdir(), "reference-docs-"));
  try {
    await mkdir(join(folder, "docs"));
    assert.equal((await findOutdated(folder, files)).length, files.length);
    await writeFiles(folder, files);
    assert.deepEqual(await findOutdated(folder, files), []);
    await writeFile(join(folder, "docs/errors.md"), "# Errors\n");
    const outdated = await findOutdated(folder, files);
    assert.deepEqual(
      outdated.map(({ path }) => path),
      ["docs/errors.md"],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
