import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { lookUpOnDisk } from "./application-files.ts";

test("the disk is asked for files and folders, and what cannot be seen is absent", () => {
  const { filename, dirname } = import.meta;
  assert.equal(lookUpOnDisk(filename), "file");
  assert.equal(lookUpOnDisk(dirname), "folder");
  assert.equal(lookUpOnDisk(join(dirname, "nothing.ts")), undefined);
  assert.equal(lookUpOnDisk(join(filename, "below-a-file")), undefined);
  assert.equal(lookUpOnDisk("a\0b"), undefined);
});
