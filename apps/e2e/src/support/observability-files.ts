// The alert rules and dashboards as they are shipped: every expression in them, and where it stands.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where they lie. */
export const DEPLOY = fileURLToPath(new URL("../../../../deploy", import.meta.url));

/** One expression. */
export interface ShippedExpression {
  /** `overview.json: Pools` */
  readonly where: string;
  readonly expression: string;
  /** Labels that the legend shows. */
  readonly shown: readonly string[];
}

/** The expressions of all alert rules. */
export function alertExpressions(): ShippedExpression[] {
  const text = readFileSync(join(DEPLOY, "prometheus/rules.yml"), "utf8");
  const rules = text.split(/^ *- alert: /m).slice(1);
  assert(rules.length > 0, "there are alert rules");
  return rules.map((rule) => {
    const name = rule.slice(0, rule.indexOf("\n"));
    // From the key to the next one of the rule: a folded text is one expression.
    const expression = /^ {8}expr:\s*(?:>-\s*)?(?<expr>[^]*?)^ {8}\w/m.exec(rule)?.groups?.["expr"];
    assert(expression, `${name} has an expression`);
    return {
      where: `rules.yml: ${name}`,
      expression: expression.replaceAll(/\s+/g, " "),
      shown: [],
    };
  });
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly definition?: string;
    }[];
  };
}

/** The dashboards by the name of their file. */
export function dashboards(): Map<string, Dashboard> {
  const folder = join(DEPLOY, "grafana/dashboards");
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(
    names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8")) as Dashboard]),
  );
}

/** The expressions of all panels and variables. */
export function dashboardExpressions(): ShippedExpression[] {
  return Array.from(dashboards()).flatMap(([file, dashboard]) =>
    panelExpressions(file, dashboard).concat(variableExpressions(file, dashboard)),
  );
}

function panelExpressions(file: string, { panels }: Dashboard): ShippedExpression[] {
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({
      where: `${file}: ${title}`,
      expression: expr,
      shown: Array.from(legendFormat.matchAll(/\{\{(\w+)\}\}/g), ([, label = ""]) => label),
    })),
  );
}

function variableExpressions(file: string, { templating }: Dashboard): ShippedExpression[] {
  return templating.list.flatMap(({ name, definition = "" }) => {
    const query = /^label_values\((?<metric>.+), (?<label>\w+)\)$/.exec(definition)?.groups;
    if (!query) return [];
    const { metric = "", label = "" } = query;
    return [{ where: `${file}: $${name}`, expression: metric, shown: [label] }];
  });
}
