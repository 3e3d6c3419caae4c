// Whatever stands in a file, the answer is a list of faults or a configuration, never a throw.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { given, poolFile } from "./given-configuration.ts";
import { formatFaults } from "./source/fault-text.ts";

/** Parses, and checks that what is said about the text can be shown and lies within it. */
function survive(text: string): void {
  const parsed = given(text);
  const faults = parsed.kind === "invalid" ? parsed.faults : parsed.warnings;
  assert(parsed.kind === "ok" || faults.some(({ severity }) => severity === "error"));
  for (const { line, column, range } of faults) {
    assert(line >= 1 && column >= 1);
    assert(range.start >= 0 && range.start <= range.end && range.end <= text.length);
  }
  formatFaults(faults);
}

const valid = poolFile(
  "queueLength: ${MANY}",
  "processModel: &model { minProcesses: 0, idleTimeout: 20m }",
  "environment: { A: &a b, C: *a }",
  "recycling: { periodicRestart: { schedule: [03:30], memory: 1GiB } }",
);

// prettier-ignore
const token = fc.constantFrom(
  "\n", "\r\n", "\t", " ", "  ", ": ", "- ", "? ", ", ", "[", "]", "{", "}", "&a ", "*a", "<<: ", "!x ",
  "|", ">", "#", "'", '"', "%", "---\n", "...", "${", "${A}", "x-", "\u0000", "\ufeff", "😀",
  "version", "applicationPools", "urls", "command", "a", "1", "null", "20m",
);

test("arbitrary text never throws", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), survive));
});

test("arbitrary YAML-like text never throws", () => {
  const text = fc.array(token, { maxLength: 60 }).map((tokens) => tokens.join(""));
  fc.assert(fc.property(text, survive), { numRuns: 300 });
});

test("a valid file with a part replaced never throws", () => {
  fc.assert(
    fc.property(
      fc.nat(valid.length),
      fc.nat(10),
      fc.array(token, { maxLength: 4 }),
      (at, cut, put) => survive(valid.slice(0, at) + put.join("") + valid.slice(at + cut)),
    ),
    { numRuns: 300 },
  );
});

test("aliases that multiply are refused before they do harm", () => {
  const lines = ["version: 1", "x-0: &a0 { A: b }"];
  for (let level = 1; level <= 40; level++) {
    const again = Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ");
    lines.push(`x-${level}: &a${level} { <<: [${again}] }`);
  }
  lines.push("applicationPoolDefaults: { environment: *a40 }");
  const text = lines.join("\n");
  const parsed = given(text);
  assert(parsed.kind === "invalid");
  assert(parsed.faults.some(({ message }) => message.includes("more than 1000 aliases")));
  survive("version: 1\napplicationPoolDefaults: { environment: &a { <<: [*a, *a] } }");
});

test("keys that objects inherit are data like any other", () => {
  survive(poolFile('environment: { __proto__: a, constructor: b, toString: "c" }'));
  const parsed = given(poolFile("environment: { __proto__: a }"));
  assert(parsed.kind === "ok");
  const { environment } = parsed.configuration.pools[0] ?? assert.fail();
  assert.deepEqual(Object.entries(environment), [["__proto__", "a"]]);
});
