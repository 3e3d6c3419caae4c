// A part of the suites, on both ways through Penstock: the files that do most with HTTP. All of them:
// `node tools/suites/src/main.ts`.

import assert from "node:assert/strict";
import test from "node:test";
import { readKnownDifferences } from "./known/known-differences.ts";
import { tallyOf } from "./runs/outcome.ts";
import { runWays } from "./run-ways.ts";
import { suites } from "./suites.ts";

const files = [
  "404s",
  "async-await",
  "content-length",
  "content-parser",
  "custom-parser-async",
  "fluent-schema",
  "http-methods/get",
  "http-methods/head",
  "http-methods/search",
  "reply-trailers",
  "reply-web-stream-locked",
  "route.1",
  "stream.1",
  "stream.2",
  "stream.3",
  "stream.4",
  "stream.5",
  "web-api",
].map((name) => `test/${name}.test.js`);

const known = readKnownDifferences();
const fastify = suites.filter(({ name }) => name === "fastify");

test("what Fastify's own tests see behind Penstock is as listed", async (context) => {
  for await (const result of runWays(
    { ways: ["forwarder", "module"], suites: fastify, files },
    known,
  )) {
    const { way, outcomes, verdict } = result;
    const { tests, passed } = tallyOf(outcomes);
    context.diagnostic(`${way}: ${passed} of ${tests} passed`);
    assert(tests > 200, "the files have tests");
    assert.deepEqual(verdict, { unlisted: [], mended: [], missing: 0 }, way);
  }
});
