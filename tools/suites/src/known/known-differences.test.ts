import assert from "node:assert/strict";
import test from "node:test";
import { suites } from "../suites.ts";
import { readKnownDifferences, recorded, UNEXPLAINED } from "./known-differences.ts";

const known = readKnownDifferences();

test("every listed failure has one of the reasons, and every reason is needed", () => {
  const needed = Object.values(known.suites).flatMap(({ failures }) =>
    Object.values(failures).flatMap((listed) => Object.values(listed)),
  );
  assert.deepEqual([...new Set(needed)].toSorted(), Object.keys(known.reasons).toSorted());
});

test("only suites that there are have a list", () => {
  const names = new Set(suites.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(known.suites).filter((name) => !names.has(name)),
    [],
  );
});

test("what is recorded keeps its reason, and what is new has none yet", () => {
  const run = { suite: "fastify", way: "proxy", tests: 3 } as const;
  const listed = { a: "why", b: "why", d: "race" };
  const suite = { tests: 2, failures: { proxy: listed, module: { a: "why" } } };
  const reasons = { why: "Because.", race: "At times." };
  const before = { reasons, unsteady: ["race"], suites: { fastify: suite } };
  assert.deepEqual(recorded(before, run, ["c", "a"]).suites["fastify"], {
    tests: 3,
    failures: { proxy: { a: "why", c: UNEXPLAINED, d: "race" }, module: { a: "why" } },
  });
});
