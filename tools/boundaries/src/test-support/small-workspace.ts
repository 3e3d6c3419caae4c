// A workspace with one package of each kind, and a question to it: what does a rule say about a file
// with this text at this place?

import type { PackageUnderRule } from "../package-under-rule.ts";
import type { ModuleRule } from "../rule.ts";
import { parseModule } from "../source-module.ts";

function subject(directory: string, name: string, layer: string, plane: string): PackageUnderRule {
  const packageName = `@penstock/${name}`;
  return {
    name: packageName,
    directory,
    tags: [`layer:${layer}`, `plane:${plane}`],
    entrances: name === "process" ? [packageName, `${packageName}/metrics`] : [packageName],
  };
}

/** The packages of the small workspace. */
export const packages: readonly PackageUnderRule[] = [
  subject("libs/domain", "domain", "core", "shared"),
  subject("libs/testing", "testing", "core", "shared"),
  subject("libs/process", "process", "shell", "shared"),
  subject("libs/nats-connection", "nats-connection", "adapter", "shared"),
  subject("libs/data-plane/request-queue", "request-queue", "core", "data"),
  subject("libs/data-plane/http", "http", "shell", "data"),
  subject("libs/data-plane/nats-request-queue", "nats-request-queue", "adapter", "data"),
  subject("libs/control-plane/activation", "activation", "core", "control"),
  subject("libs/control-plane/process-runtime", "process-runtime", "adapter", "control"),
  subject("tools/nats-server", "nats-server", "adapter", "tool"),
  subject("tools/bench", "bench", "app", "tool"),
  subject("apps/e2e", "e2e", "app", "tool"),
  subject("apps/listener", "listener", "app", "data"),
  subject("apps/cli", "cli", "app", "shared"),
  subject("examples", "examples", "app", "example"),
];

/** What the rule finds in this file, as `line message`. */
export function findingsOf(rule: ModuleRule, path: string, text: string): string[] {
  const module = parseModule(path, text, packages);
  return [...rule.check(module, packages)].map(({ line, message }) => `${line} ${message}`);
}

/** True when the rule finds nothing in a file at this place that imports this. */
export function mayImport(rule: ModuleRule, path: string, specifier: string): boolean {
  return findingsOf(rule, path, `import { x } from "${specifier}";`).length === 0;
}
