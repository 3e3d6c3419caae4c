// One technology, one door: a package from outside that shapes a part of Penstock is imported in one
// place, behind a port or a noun of ours, so that it can be replaced there.

import { isUnshipped, layerOf, type PackageUnderRule } from "../package-under-rule.ts";
import type { ModuleRule } from "../rule.ts";
import type { SourceModule } from "../source-module.ts";

interface Door {
  /** Specifiers that it is about. */
  readonly technology: RegExp;
  readonly opensFor: (owner: PackageUnderRule, module: SourceModule) => boolean;
  /** Who that is, for the message. */
  readonly where: string;
}

const doors: readonly Door[] = [
  {
    technology: /^@nats-io\//,
    opensFor: ({ name }) => name.startsWith("@penstock/nats-"),
    where: "packages named nats-*",
  },
  {
    technology: /^(?:fastify|@fastify)(?:\/|$)/,
    opensFor: (owner, module) =>
      layerOf(owner) === "app" || isUnshipped(owner) || module.isForTests,
    where: "apps, examples, tools and tests",
  },
  {
    technology: /^(?:prom-client|pino(?:-.+)?)(?:\/|$)/,
    opensFor: ({ name }) => name === "@penstock/process",
    where: "@penstock/process",
  },
  {
    technology: /^undici(?:\/|$)/,
    opensFor: ({ name }) => name === "@penstock/e2e",
    where: "@penstock/e2e",
  },
];

/** Each technology behind its door. */
export const oneDoor: ModuleRule = {
  name: "one-door",
  *check(module) {
    const { owner, imports } = module;
    for (const { specifier, line } of imports) {
      const door = doors.find(({ technology }) => technology.test(specifier));
      if (door && !(owner && door.opensFor(owner, module)))
        yield { line, message: `${specifier} is imported in ${door.where} only` };
    }
  },
};
