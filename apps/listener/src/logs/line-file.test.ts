import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { untilWithin } from "@penstock/testing";
import { LineFile } from "./line-file.ts";

const until = untilWithin(10_000);

async function withFile(body: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "penstock-lines-"));
  try {
    await body(join(folder, "access.log"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const read = (path: string): string => readFileSync(path, "utf8");

test("lines are written in order behind the heading, and go on in a new file after reopening", () =>
  withFile(async (path) => {
    using file = new LineFile({ path, heading: "#heading\n", dropped: assert.fail });
    file.write("one\n");
    file.write("two\n");
    await until("they are written", () => read(path) === "#heading\none\ntwo\n");
    renameSync(path, `${path}.1`);
    file.reopen();
    file.write("three\n");
    await until("the new file has it", () => read(path) === "#heading\nthree\n");
    assert.equal(read(`${path}.1`), "#heading\none\ntwo\n");
  }));

test("what waits at the end is written", () =>
  withFile(async (path) => {
    const file = new LineFile({ path, heading: "", dropped: assert.fail });
    file.write("last\n");
    file[Symbol.dispose]();
    assert.equal(read(path), "last\n");
  }));

test("what does not fit is dropped and counted", () =>
  withFile(async (path) => {
    let dropped = 0;
    using file = new LineFile({ path, heading: "", dropped: () => dropped++ });
    const line = `${"a".repeat(1024 * 1024)}\n`;
    for (let n = 0; n < 6; n++) file.write(line);
    assert.equal(dropped, 3);
    await until("the others are written", () => read(path).length === 3 * line.length);
  }));

test("a file that cannot be opened is an error at once", () => {
  assert.throws(
    () => new LineFile({ path: "/nowhere/a", heading: "", dropped: () => {} }),
    /the log \/nowhere\/a cannot be opened: .*ENOENT/,
  );
});
