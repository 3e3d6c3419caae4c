// The reader walks the schema itself; TypeBox reads the emitted JSON Schema. For every document both
// must agree: what an editor accepts is what Penstock accepts.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { exhaustive } from "@penstock/foundation";
import { Check } from "typebox/schema";
import { formatDuration } from "../notation/duration.ts";
import { formatSize } from "../notation/size.ts";
import { readSetting } from "../reading/read-setting.ts";
import { placeList } from "../reading/reading.ts";
import { faultList } from "../source/fault.ts";
import { sourceText } from "../source/source-text.ts";
import { parseYaml } from "../source/yaml-document.ts";
import { applicationPoolDefaults } from "./application-pool.ts";
import { editorSchema } from "./editor-schema.ts";
import { hostFile } from "./host.ts";
import type { RecordSetting, Setting } from "./setting.ts";

/** What the reader says about a document, before any rule that goes beyond the schema. */
function readerFaults(document: unknown): readonly string[] {
  const source = sourceText("penstock.yaml", JSON.stringify(document));
  const faults = faultList(source);
  const yaml = parseYaml(source, faults);
  assert(yaml !== undefined);
  readSetting(
    {
      source,
      document: yaml,
      environment: {},
      faults,
      places: placeList(),
      aliases: { followed: 0 },
    },
    hostFile,
    { node: yaml.contents, path: [], key: { start: 0, end: 0 } },
  );
  return faults.sorted().map(({ message }) => message);
}

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    70_000,
    "",
    "20",
    "1.5h",
    "5 MB",
    "x y",
    "/",
    [],
    {},
  ),
  fc.constantFrom<unknown>([[]], ["a", "a"], { a: 1 }, { "x-a": null }),
);

/** A value that fits the setting; with flaws, one that mostly does. */
function valueOf(setting: Setting, flawed: boolean): fc.Arbitrary<unknown> {
  const arbitrary = fitting(setting, flawed);
  return flawed ? fc.oneof({ weight: 60, arbitrary }, { weight: 1, arbitrary: junk }) : arbitrary;
}

function fitting(setting: Setting, flawed: boolean): fc.Arbitrary<unknown> {
  switch (setting.kind) {
    case "duration":
      return fc.integer({ min: 1000, max: 86_400_000 }).map(formatDuration);
    case "size":
      return fc.integer({ min: 1, max: 2 ** 40 }).map(formatSize);
    case "choice":
      return fc.constantFrom(...setting.enum);
    case "count": {
      const margin = flawed ? 1 : 0;
      return fc.integer({ min: setting.minimum - margin, max: setting.maximum + margin });
    }
    case "quantity":
      return fc.constantFrom(0.5, 2, ...(flawed ? [0] : []));
    case "switch":
      return fc.boolean();
    case "literal":
      return fc.constantFrom("a", "", 1, 1.5, false);
    case "text":
      return fc.constantFrom(
        ...matching(["03:30", "23:59", "/a", "NAME", "a:/b"], setting.pattern, flawed),
      );
    case "list":
      return fc.uniqueArray(valueOf(setting.items, flawed), {
        minLength: flawed ? 0 : setting.minItems,
        maxLength: setting.minItems + 2,
      });
    case "map": {
      const keys = ["a", "A_1", "x-a", "a.b-c", "-a", "a b", "constructor"];
      const key = fc.constantFrom(...matching(keys, `${setting.keyPattern}|^x-`, flawed));
      const value = setting.values === undefined ? junk : valueOf(setting.values, flawed);
      return fc.dictionary(key, value, { maxKeys: 3 });
    }
    case "record":
      return fittingRecord(setting, flawed);
    default:
      return exhaustive(setting);
  }
}

function fittingRecord(setting: RecordSetting, flawed: boolean): fc.Arbitrary<unknown> {
  const { properties, required, exactlyOne } = setting;
  return fc.constantFrom(...(exactlyOne.length > 0 ? exactlyOne : [""])).chain((one) => {
    const keys = Object.keys(properties).filter(
      (key) => flawed || key === one || !exactlyOne.includes(key),
    );
    const members = keys.map((key) => [key, valueOf(properties[key] ?? assert.fail(), flawed)]);
    const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(members);
    if (flawed) model["toString"] = junk;
    model["x-note"] = junk;
    const requiredKeys = flawed ? [] : keys.filter((key) => key === one || required.includes(key));
    return fc.record(model, { requiredKeys });
  });
}

function matching(texts: readonly string[], pattern: string | undefined, flawed: boolean) {
  if (flawed || pattern === undefined) return texts;
  return texts.filter((text) => new RegExp(pattern).test(text));
}

test("the editor schema and the reader accept what follows the schema", () => {
  const schema = editorSchema();
  fc.assert(
    fc.property(fitting(hostFile, false), (document) => {
      assert.deepEqual(readerFaults(document), []);
      assert(Check(schema, document));
    }),
    { numRuns: 100 },
  );
});

test("the editor schema refuses what the reader refuses, and nothing else", () => {
  const schema = editorSchema();
  fc.assert(
    fc.property(fitting(hostFile, true), (document) => {
      const faults = readerFaults(document);
      assert.equal(Check(schema, document), faults.length === 0, faults.join("\n"));
    }),
    { numRuns: 200 },
  );
});

test("each single setting is judged alike, whatever stands there", () => {
  const schema = editorSchema();
  const anyPoolKey = fc.constantFrom(...Object.entries(applicationPoolDefaults.properties));
  fc.assert(
    fc.property(
      anyPoolKey.chain(([key, setting]) =>
        fc.oneof(junk, fitting(setting, true)).map((value) => ({ [key]: value })),
      ),
      (defaults) => {
        const document = { version: 1, applicationPoolDefaults: defaults };
        const faults = readerFaults(document);
        assert.equal(Check(schema, document), faults.length === 0, faults.join("\n"));
      },
    ),
    { numRuns: 700 },
  );
});

test("an environment variable may stand wherever the reader would take what it holds", () => {
  const pool = { urls: ["${URL}"], command: ["${RUN}"], queueLength: "${N}", autoStart: "${ON}" };
  const document = { version: 1, applicationPools: { a: { ...pool, queueTimeout: "${TIME}" } } };
  assert(Check(editorSchema(), document));
});
