import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { tarArchive } from "./tar-archive.ts";

test("tar reads an archive as it was written", () => {
  const files = [
    { name: "TOKEN", content: "s3cret" },
    { name: "EMPTY", content: "" },
    { name: "WHOLE_BLOCK", content: "x".repeat(512) },
    { name: "BYTES", content: Buffer.from([0, 255, 10]) },
  ];
  const archive = tarArchive(files);
  const listed = execFileSync("tar", ["-tvf", "-"], { input: archive, encoding: "utf8" });
  assert.deepEqual(
    listed
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/))
      .map((row) => [row[0], row[1], row[2], row.at(-1)]),
    files.map(({ name, content }) => ["-r--r--r--", "0/0", String(content.length), name]),
  );
  for (const { name, content } of files) {
    const read = execFileSync("tar", ["-xOf", "-", name], { input: archive });
    assert.deepEqual(read, Buffer.from(content as string));
  }
});
