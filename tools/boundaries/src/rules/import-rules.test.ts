import assert from "node:assert/strict";
import { suite, test } from "node:test";

import type { ModuleRule } from "../rule.ts";
import { findingsOf, mayImport } from "../test-support/small-workspace.ts";
import { insidePackage } from "./inside-package.ts";
import { layerDirection } from "./layer-direction.ts";
import { oneDoor } from "./one-door.ts";
import { packageEntrance } from "./package-entrance.ts";
import { planeSeparation } from "./plane-separation.ts";
import { unshippedCode } from "./unshipped-code.ts";

type Case = readonly [path: string, specifier: string, verdict: "may" | "must not"];

const tables: readonly { readonly rule: ModuleRule; readonly cases: readonly Case[] }[] = [
  {
    rule: layerDirection,
    cases: [
      ["libs/process/src/x.ts", "@penstock/domain", "may"],
      ["libs/data-plane/request-queue/src/x.ts", "@penstock/domain", "may"],
      ["libs/data-plane/nats-request-queue/src/x.ts", "@penstock/nats-connection", "may"],
      ["apps/listener/src/x.ts", "@penstock/nats-request-queue", "may"],
      ["libs/domain/src/x.ts", "@penstock/process", "must not"],
      ["libs/domain/src/x.test.ts", "@penstock/process", "must not"],
      ["libs/process/src/x.ts", "@penstock/nats-connection", "must not"],
      ["libs/data-plane/http/src/x.ts", "@penstock/nats-request-queue", "must not"],
      ["apps/cli/src/x.ts", "@penstock/listener", "must not"],
      ["apps/cli/src/x.ts", "@penstock/bench", "must not"],
      ["apps/e2e/src/x.ts", "@penstock/listener", "must not"],
      ["apps/e2e/src/x.ts", "@penstock/nats-request-queue", "may"],
      ["examples/hello/x.ts", "@penstock/listener", "must not"],
      ["libs/domain/src/x.ts", "node:fs", "may"],
    ],
  },
  {
    rule: planeSeparation,
    cases: [
      ["libs/data-plane/http/src/x.ts", "@penstock/request-queue", "may"],
      ["libs/data-plane/http/src/x.ts", "@penstock/domain", "may"],
      ["libs/control-plane/process-runtime/src/x.ts", "@penstock/activation", "may"],
      ["libs/data-plane/http/src/x.ts", "@penstock/activation", "must not"],
      ["libs/control-plane/process-runtime/src/x.ts", "@penstock/request-queue", "must not"],
      ["libs/process/src/x.ts", "@penstock/request-queue", "must not"],
      ["apps/cli/src/x.ts", "@penstock/activation", "must not"],
      ["apps/e2e/src/x.ts", "@penstock/activation", "may"],
      ["tools/bench/src/x.ts", "@penstock/request-queue", "may"],
    ],
  },
  {
    rule: unshippedCode,
    cases: [
      ["libs/nats-connection/src/x.test.ts", "@penstock/nats-server", "may"],
      ["libs/data-plane/request-queue/src/conformance.ts", "@penstock/testing", "may"],
      ["libs/data-plane/http/src/test-support/x.ts", "@penstock/testing", "may"],
      ["libs/nats-connection/src/x.ts", "@penstock/nats-server", "must not"],
      ["libs/data-plane/http/src/x.ts", "@penstock/testing", "must not"],
      ["apps/listener/src/x.ts", "@penstock/nats-server", "must not"],
      ["apps/cli/src/up.ts", "@penstock/nats-server", "may"],
      ["apps/cli/src/up.ts", "@penstock/testing", "must not"],
      ["apps/e2e/src/x.ts", "@penstock/nats-server", "may"],
      ["tools/bench/src/x.ts", "@penstock/nats-server", "may"],
    ],
  },
  {
    rule: oneDoor,
    cases: [
      ["libs/nats-connection/src/x.ts", "@nats-io/transport-node", "may"],
      ["tools/nats-server/src/x.ts", "@nats-io/nats-core", "may"],
      ["apps/listener/src/x.ts", "@nats-io/nats-core", "must not"],
      ["libs/data-plane/http/src/x.test.ts", "@nats-io/nats-core", "must not"],
      ["apps/listener/src/x.ts", "fastify", "may"],
      ["examples/hello/x.ts", "fastify", "may"],
      ["tools/bench/src/x.ts", "@fastify/http-proxy", "may"],
      ["libs/data-plane/http/src/x.test.ts", "fastify", "may"],
      ["libs/data-plane/http/src/x.ts", "fastify", "must not"],
      ["libs/process/src/x.ts", "prom-client", "may"],
      ["libs/process/src/x.ts", "pino", "may"],
      ["apps/listener/src/x.ts", "prom-client", "must not"],
      ["apps/listener/src/x.ts", "pino-pretty", "must not"],
      ["libs/data-plane/http/src/x.ts", "undici", "must not"],
      ["apps/e2e/src/x.test.ts", "undici", "may"],
      ["apps/cli/src/x.ts", "undici", "must not"],
      ["release.ts", "undici", "must not"],
    ],
  },
  {
    rule: packageEntrance,
    cases: [
      ["apps/listener/src/x.ts", "@penstock/process", "may"],
      ["apps/listener/src/x.ts", "@penstock/process/metrics", "may"],
      ["apps/listener/src/x.ts", "@penstock/process/src/log/log.ts", "must not"],
      ["apps/listener/src/x.ts", "@penstock/domain/reason", "must not"],
    ],
  },
  {
    rule: insidePackage,
    cases: [
      ["libs/process/src/log/x.ts", "../settings/y.ts", "may"],
      ["libs/process/src/x.ts", "../package.json", "may"],
      ["libs/process/src/x.ts", "../../domain/src/index.ts", "must not"],
      ["libs/process/src/x.ts", "../../../package.json", "must not"],
      ["examples/hello/x.ts", "../registry/y.ts", "may"],
    ],
  },
];

for (const { rule, cases } of tables)
  suite(rule.name, () => {
    for (const [path, specifier, verdict] of cases)
      test(`${path} ${verdict} import ${specifier}`, () => {
        assert.equal(mayImport(rule, path, specifier), verdict === "may");
      });
  });

test("a finding stands at the line of the import and says who must not import whom", () => {
  assert.deepEqual(
    findingsOf(layerDirection, "libs/domain/src/x.ts", '// Prose.\n\nimport "@penstock/process";'),
    ["3 @penstock/domain (core) must not import @penstock/process (shell)"],
  );
});
