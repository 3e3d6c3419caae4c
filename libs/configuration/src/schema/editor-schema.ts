// The schema as editors know it: JSON Schema draft-07, without our own keywords. Where a number or a
// switch is wanted, an environment variable may stand as well.

import { exhaustive } from "@penstock/foundation";
import { hostFile } from "./host.ts";
import type { MapSetting, RecordSetting, Setting } from "./setting.ts";

/** A JSON Schema object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The editor schema of penstock.yaml, ready for JSON.stringify. */
export function editorSchema(): JsonSchema {
  return {
    // The newest draft that the YAML language servers in use understand without reservations.
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "penstock.yaml",
    ...schemaOf(hostFile),
    definitions: {
      // Not checked any further: what comes out of the variable is known when the file is read.
      expression: { type: "string", pattern: "\\$\\{" },
    },
  };
}

function schemaOf(setting: Setting): JsonSchema {
  switch (setting.kind) {
    case "record":
      return recordSchema(setting);
    case "map":
      return mapSchema(setting);
    case "list": {
      const { type, items, minItems, uniqueItems } = setting;
      return { ...described(setting), type, items: schemaOf(items), minItems, uniqueItems };
    }
    case "duration":
    case "size":
      return orExpression(setting, { type: setting.type, pattern: setting.pattern });
    case "choice":
      return orExpression(setting, { type: setting.type, enum: setting.enum });
    case "count": {
      const { type, minimum, maximum } = setting;
      return orExpression(setting, { type, minimum, maximum });
    }
    case "quantity":
      return orExpression(setting, { type: "number", exclusiveMinimum: setting.exclusiveMinimum });
    case "switch":
      return orExpression(setting, { type: setting.type });
    case "text": {
      const { type, minLength, pattern } = setting;
      const plain = { type, minLength };
      if (pattern === undefined) return { ...described(setting), ...plain };
      return orExpression(setting, { ...plain, pattern });
    }
    case "literal":
      return { ...described(setting), type: setting.type };
    default:
      return exhaustive(setting);
  }
}

function recordSchema(setting: RecordSetting): JsonSchema {
  const { properties, required, exactlyOne } = setting;
  return {
    ...described(setting),
    type: setting.type,
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, member]) => [key, schemaOf(member)]),
    ),
    ...(required.length > 0 ? { required } : {}),
    ...(exactlyOne.length > 0 ? { oneOf: exactlyOne.map((key) => ({ required: [key] })) } : {}),
    patternProperties: { "^x-": {} },
    additionalProperties: false,
  };
}

function mapSchema(setting: MapSetting): JsonSchema {
  return {
    ...described(setting),
    type: setting.type,
    propertyNames: { anyOf: [{ pattern: "^x-" }, { pattern: setting.keyPattern }] },
    patternProperties: { "^x-": {} },
    additionalProperties: setting.values === undefined ? true : schemaOf(setting.values),
  };
}

function described(setting: Setting & { readonly default?: unknown }): JsonSchema {
  const { description, default: fallback } = setting;
  return { description, ...(fallback === undefined ? {} : { default: fallback }) };
}

function orExpression(setting: Setting, plain: JsonSchema): JsonSchema {
  return { ...described(setting), anyOf: [plain, { $ref: "#/definitions/expression" }] };
}
