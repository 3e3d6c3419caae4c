import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfiguration, settingReference } from "@penstock/configuration";
import { configurationPage, exampleFile } from "./configuration-page.ts";

test("the example is a configuration without faults", () => {
  const parsed = parseConfiguration(exampleFile, {
    file: "penstock.yaml",
    directory: "/srv",
    environment: {},
    lookUp: () => "folder",
  });
  assert(parsed.kind === "ok", JSON.stringify(parsed));
  assert.deepEqual(parsed.warnings, []);
});

test("every key of the file has its row", async () => {
  const text = await configurationPage();
  for (const { path, settings } of settingReference()) {
    for (const { key } of settings)
      assert.match(text, new RegExp(`^\\| \`${key}\` +\\|`, "m"), path);
  }
});
