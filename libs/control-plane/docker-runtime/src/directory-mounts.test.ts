import assert from "node:assert/strict";
import { test } from "node:test";
import { applicationFolders } from "./directory-mounts.ts";

const existing = new Set(["/srv/node_modules", "/srv/shop/node_modules", "/lib/node_modules"]);
const exists = (path: string) => existing.has(path);

test("a worker sees its directory and the packages that Node finds from there", () => {
  assert.deepEqual(applicationFolders({ directory: "/srv/shop/web" }, exists), [
    "/srv/shop/web",
    "/srv/shop/node_modules",
    "/srv/node_modules",
  ]);
});

test("a module beside its directory brings its own folder and packages", () => {
  assert.deepEqual(applicationFolders({ directory: "/data", module: "/lib/shop/app.ts" }, exists), [
    "/data",
    "/lib/shop",
    "/lib/node_modules",
  ]);
  assert.deepEqual(applicationFolders({ directory: "/data", module: "/data/app.ts" }, exists), [
    "/data",
  ]);
});
