// For tests: configuration files with a made-up surrounding, where every path exists unless its name
// says otherwise.

import assert from "node:assert/strict";
import type { ApplicationPool } from "@penstock/domain";
import type { HostConfiguration } from "./host-configuration.ts";
import {
  parseConfiguration,
  type ConfigurationOrigin,
  type ConfigurationParse,
} from "./parse-configuration.ts";

const origin: ConfigurationOrigin = {
  file: "penstock.yaml",
  directory: "/srv",
  environment: { HOST: "localhost", MANY: "12", EMPTY: "", WORD: "word" },
  lookUp: (path) => {
    if (path.includes("missing")) return undefined;
    return path.endsWith(".ts") ? "file" : "folder";
  },
};

/** Parses a text in the made-up surrounding. */
export function given(
  text: string,
  surrounding: Partial<ConfigurationOrigin> = {},
): ConfigurationParse {
  return parseConfiguration(text, { ...origin, ...surrounding });
}

/** A text's configuration; fails the test when it has errors. */
export function givenConfiguration(text: string): HostConfiguration {
  const parsed = given(text);
  if (parsed.kind === "invalid") assert.fail(JSON.stringify(parsed.faults, null, 2));
  return parsed.configuration;
}

/** The only pool of a file with one pool `a`; the lines are the pool's own keys. */
export function givenPool(...lines: readonly string[]): ApplicationPool {
  const [pool] = givenConfiguration(poolFile(...lines)).pools;
  assert(pool !== undefined);
  return pool;
}

/** A file with one pool `a`: its URL, a command, and these lines, from line 6 on. */
export function poolFile(...lines: readonly string[]): string {
  const body = [`urls: ["http://+:8080/"]`, "command: [serve]", ...lines];
  return ["version: 1", "applicationPools:", "  a:", ...body.map((line) => `    ${line}`)].join(
    "\n",
  );
}

/** `line:column severity message`, the way a test wants to read faults. */
export function faultLines(
  text: string,
  surrounding: Partial<ConfigurationOrigin> = {},
): readonly string[] {
  const parsed = given(text, surrounding);
  const faults = parsed.kind === "invalid" ? parsed.faults : parsed.warnings;
  return faults.map((fault) => {
    const suggestion = fault.suggestion === undefined ? "" : ` (${fault.suggestion})`;
    return `${fault.line}:${fault.column} ${fault.severity} ${fault.message}${suggestion}`;
  });
}
