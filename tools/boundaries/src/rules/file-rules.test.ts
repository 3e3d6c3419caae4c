import assert from "node:assert/strict";
import { suite, test } from "node:test";

import type { PackageUnderRule } from "../package-under-rule.ts";
import { findingsOf } from "../test-support/small-workspace.ts";
import { fileSize } from "./file-size.ts";
import { machinePaths } from "./machine-path.ts";
import { openingProse } from "./opening-prose.ts";
import { tags } from "./tags.ts";
import { unfinishedWork, unfinishedWorkInText } from "./unfinished-work.ts";

const source = "libs/process/src/x.ts";
// Not written out, or the rules would find them here.
const unfinished = ["TO", "DO"].join("");
const home = ["", "home", "alice", "penstock"].join("/");

suite(openingProse.name, () => {
  const openings: Record<
    string,
    { readonly text: string; readonly path?: string; readonly ok: boolean }
  > = {
    "a sentence": { text: "// What stands here and why.\nx", ok: true },
    "a sentence over two lines": { text: "// What stands\n// here, and why.\nx", ok: true },
    "a sentence below a line for the shell": {
      text: "#!/bin/env node\n// What stands here and why.",
      ok: true,
    },
    "a block comment": { text: "/* What stands here and why. */", ok: true },
    "nothing but code": { text: "const x = 1;", ok: false },
    "an empty file": { text: "", ok: false },
    "a heading": { text: "// Helpers\n\n// What stands here and why.\nx", ok: false },
    "the TSDoc of an export": {
      text: "/** What stands here and why. */\nexport const x = 1;",
      ok: false,
    },
    "a comment after code": { text: 'import "x";\n// What stands here and why.', ok: false },
    "code, in a test": { text: "const x = 1;", path: "libs/process/src/x.test.ts", ok: true },
    "code, in what tests share": {
      text: "x",
      path: "libs/process/src/test-support/x.ts",
      ok: false,
    },
  };
  for (const [title, { text, path = source, ok }] of Object.entries(openings))
    test(`${title} ${ok ? "is" : "is not"} an opening`, () => {
      assert.equal(findingsOf(openingProse, path, text).length === 0, ok);
    });
});

const code = (lines: number) => "x;\n".repeat(lines);

suite(fileSize.name, () => {
  test("400 lines of code are allowed, blank lines and comments are free", () => {
    assert.deepEqual(findingsOf(fileSize, source, `// a\n\n/*\nb\n*/\n${code(400)}`), []);
  });
  test("one more is found at its line", () => {
    assert.deepEqual(findingsOf(fileSize, source, `// a\n${code(401)}`), [
      "402 401 lines of code, 400 is the stop: split it by noun",
    ]);
  });
  test("the lines of a template count", () => {
    assert.equal(findingsOf(fileSize, source, `\`${code(401)}\``).length, 1);
  });
});

suite(unfinishedWork.name, () => {
  test("a mark in a comment is found at its line", () => {
    const text = `/* one\n ${unfinished}: two */`;
    assert.deepEqual(
      findingsOf(unfinishedWork, source, text).map((finding) => finding.split(" ")[0]),
      ["2"],
    );
  });
  test("a mark in a string, or inside a word, is none", () => {
    assert.deepEqual(findingsOf(unfinishedWork, source, `"${unfinished}"; // ${unfinished}S`), []);
  });
  const marked = [`# ${unfinished}`];
  for (const path of [".ci/run", "docker-compose.yml", "deploy/Dockerfile", "deploy/up.sh"])
    test(`a mark in ${path} is found`, () => {
      assert.equal([...unfinishedWorkInText.check(path, marked)].length, 1);
    });
  test("prose may speak of the mark", () => {
    assert.deepEqual([...unfinishedWorkInText.check("docs/style.md", marked)], []);
  });
});

suite(machinePaths.name, () => {
  const lines: Record<string, boolean> = {
    [`cd ${home}`]: true,
    [`"${home}"`]: true,
    [`file://${home}/x.ts`]: true,
    [`${home}/x.ts`]: true,
    "http://shop/home/alice": false,
    "http://+:8080/home/alice": false,
    "./home/alice and ../work/x": false,
    [`\${DIRECTORY}${home}`]: false,
    "at /home, /work/ or /rooting/x": false,
  };
  for (const [line, isFound] of Object.entries(lines))
    test(`${line} ${isFound ? "is" : "is not"} a path of one machine`, () => {
      assert.equal([...machinePaths.check("docs/x.md", [line])].length, isFound ? 1 : 0);
    });
  test("a path inside an image is none", () => {
    assert.deepEqual([...machinePaths.check("deploy/Dockerfile.worker", [`WORKDIR ${home}`])], []);
  });
});

suite(tags.name, () => {
  const tagged: Record<string, { readonly tags: string[]; readonly findings: number }> = {
    "one layer and one plane": { tags: ["layer:core", "plane:data", "other"], findings: 0 },
    "no tags": { tags: [], findings: 2 },
    "a layer that does not exist": { tags: ["layer:kernel", "plane:data"], findings: 1 },
    "two planes": { tags: ["layer:core", "plane:data", "plane:control"], findings: 1 },
  };
  for (const [title, { tags: written, findings }] of Object.entries(tagged))
    test(`a package with ${title} has ${findings} findings`, () => {
      const subject: PackageUnderRule = { name: "x", directory: "x", tags: written, entrances: [] };
      assert.equal([...tags.check(subject)].length, findings);
    });
});
