// Loaded before each test file of a machine that cannot run containers. A file named `*.container.test.ts` is
// then not run: each of its tests is told as skipped with the reason, or fails with it where container tests
// are required. So those files need no word about it, and run as they are with plain `node --test`.

import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { takeContainerOrders } from "./injection.ts";

const containerTest = /\.container\.test\.ts$/;
const orders = takeContainerOrders(process.env);

if (orders)
  registerHooks({
    load: (url, context, next) =>
      containerTest.test(url)
        ? { format: "module", shortCircuit: true, source: standIn(fileURLToPath(url), orders) }
        : next(url, context),
  });

function standIn(file: string, { fault, required }: { fault: string; required: boolean }): string {
  const titles = titlesOf(readFileSync(file, "utf8"));
  const options = JSON.stringify(required ? {} : { skip: fault });
  const body = `() => { throw new Error(${JSON.stringify(`${fault}, and container tests are required`)}); }`;
  return [
    `import { test } from "node:test";`,
    ...(titles.length > 0 ? titles : [basename(file)]).map(
      (title) => `test(${JSON.stringify(title)}, ${options}, ${body});`,
    ),
  ].join("\n");
}

/** The titles of the tests in a file, as far as they are plain text. */
function titlesOf(source: string): string[] {
  return Array.from(source.matchAll(/^\s*(?:test|it)\(\s*"((?:[^"\\]|\\.)*)"/gm), ([, title]) =>
    JSON.parse(`"${title}"`),
  );
}
