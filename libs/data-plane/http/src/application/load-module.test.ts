import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ApplicationError } from "./errors.ts";
import { loadModule } from "./load-module.ts";

let directory = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "penstock-load-module-"));
  const files: Record<string, string> = {
    "esm.mjs": "export default 'an ES module'; export const other = 1;",
    "typed.ts": "const app: string = 'TypeScript'; export default app;",
    "plain.cjs": "module.exports = 'CommonJS';",
    "compiled.cjs": "exports.__esModule = true; exports.default = 'compiled';",
    "named.mjs": "export const app = 1; export function start() {}",
    "throws.mjs": "function fail() { throw new TypeError('no database'); }\nfail();",
    "syntax.mjs": "export default = 1;",
    "imports.mjs": "import './nowhere.mjs'; export default 1;",
    "package/package.json": '{ "main": "lib.js" }',
    "package/lib.js": "module.exports = 'a directory';",
    "node_modules/app-package/package.json": '{ "exports": "./index.js" }',
    "node_modules/app-package/index.js": "module.exports = 'a package';",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(directory, name, ".."), { recursive: true });
    await writeFile(join(directory, name), text);
  }
});

after(() => rm(directory, { recursive: true }));

async function failure(specifier: string): Promise<ApplicationError> {
  const thrown: unknown = await loadModule(specifier, directory).catch((error: unknown) => error);
  assert.ok(thrown instanceof ApplicationError);
  return thrown;
}

for (const [specifier, exported] of [
  ["./esm.mjs", "an ES module"],
  ["esm.mjs", "an ES module"],
  ["./typed.ts", "TypeScript"],
  ["./plain.cjs", "CommonJS"],
  ["./compiled.cjs", "compiled"],
  ["./package", "a directory"],
  ["app-package", "a package"],
] as const) {
  test(`${specifier} is loaded, and its default export is ${exported}`, async () => {
    assert.equal(await loadModule(specifier, directory), exported);
  });
}

test("absolute paths and file URLs are loaded as well", async () => {
  const path = join(directory, "esm.mjs");
  assert.equal(await loadModule(path, "/"), "an ES module");
  assert.equal(await loadModule(pathToFileURL(path).href, "/"), "an ES module");
});

test("a path that does not exist is named whole", async () => {
  const error = await failure("./gone.ts");
  assert.equal(error.code, "APPLICATION_MODULE_NOT_FOUND");
  assert.match(
    error.message,
    new RegExp(`the module ./gone.ts does not exist: .*${directory}/gone.ts`),
  );
});

test("a package that does not exist is told from a path", async () => {
  const error = await failure("no-such-package");
  assert.equal(error.code, "APPLICATION_MODULE_NOT_FOUND");
  assert.match(error.message, /neither a file in .* nor a package/);
});

test("an import that throws shows its message, its frames and no others", async () => {
  const error = await failure("./throws.mjs");
  assert.equal(error.code, "APPLICATION_MODULE_FAILED");
  assert.match(error.message, /throws\.mjs could not be loaded: TypeError: no database\n/);
  assert.match(error.message, /at fail .*throws\.mjs:1:/);
  assert.doesNotMatch(error.message, /node:internal/);
  assert.ok(error.cause instanceof TypeError);
});

test("a module that is no JavaScript says where", async () => {
  const error = await failure("./syntax.mjs");
  assert.equal(error.code, "APPLICATION_MODULE_FAILED");
  assert.match(error.message, /syntax\.mjs/);
  assert.match(error.message, /SyntaxError/);
});

test("a module whose own import is missing is there, and failed", async () => {
  const error = await failure("./imports.mjs");
  assert.equal(error.code, "APPLICATION_MODULE_FAILED");
  assert.match(error.message, /nowhere\.mjs/);
});

test("a module without a default export is told what it exports", async () => {
  const error = await failure("./named.mjs");
  assert.equal(error.code, "APPLICATION_SHAPE_UNKNOWN");
  assert.match(error.message, /no default export; it exports app, start/);
});
