// For tests: pools from lines of a configuration file, in a folder where every path exists.

import { ok as assert } from "node:assert/strict";
import type { ApplicationPool } from "@penstock/domain";
import { parseConfiguration } from "@penstock/configuration";

/** The pool `name` with these lines below its `urls` and `command`. */
export function givenPool(name: string, ...lines: readonly string[]): ApplicationPool {
  const own = [`urls: ["http://+:8080/${name}/"]`, "command: [serve]", ...lines];
  const text = `version: 1\napplicationPools:\n  ${name}:\n    ${own.join("\n    ")}\n`;
  const parse = parseConfiguration(text, {
    file: "penstock.yaml",
    directory: "/srv",
    environment: {},
    lookUp: (path) => (path.endsWith(".ts") ? "file" : "folder"),
  });
  assert(parse.kind === "ok", JSON.stringify(parse));
  const [pool] = parse.configuration.pools;
  assert(pool);
  return pool;
}
