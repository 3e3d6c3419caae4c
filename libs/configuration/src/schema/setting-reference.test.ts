import assert from "node:assert/strict";
import { test } from "node:test";
import { notYet } from "./not-yet.ts";
import { settingReference } from "./setting-reference.ts";

const reference = settingReference();
const pool = reference.find(({ path }) => path === "applicationPools.<name>");

test("every mapping of the file has a section, outer ones first", () => {
  assert.deepEqual(
    reference.map(({ path }) => path),
    [
      "",
      "applicationPools.<name>",
      "applicationPools.<name>.canary",
      "applicationPools.<name>.canary.sticky",
      "applicationPools.<name>.secrets.<name>",
      "applicationPools.<name>.processModel",
      "applicationPools.<name>.recycling",
      "applicationPools.<name>.recycling.periodicRestart",
      "applicationPools.<name>.failure",
      "applicationPools.<name>.cpu",
      "applicationPools.<name>.memory",
      "applicationPools.<name>.container",
      "applicationPools.<name>.container.registry",
      "applicationPools.<name>.container.registry.password",
      "applicationPools.<name>.delivery",
      "applicationPools.<name>.asynchronous",
      "urlGroups.<name>",
      "urlGroups.<name>.timeouts",
      "tls",
      "tls.certificates[]",
      "listener",
      "host",
    ],
  );
});

test("a setting tells its type, range, default and meaning", () => {
  assert.deepEqual(
    pool?.settings.find(({ key }) => key === "queueLength"),
    {
      key: "queueLength",
      type: "whole number, 10 to 65535",
      default: "1000",
      iisDefault: undefined,
      meaning: "Requests that may wait; one more is refused with `QueueFull`.",
      notYet: undefined,
    },
  );
});

test("IIS's default is told where ours differs, and only there", () => {
  const differing = reference.flatMap(({ settings }) =>
    settings.filter(({ iisDefault }) => iisDefault !== undefined),
  );
  assert.deepEqual(
    differing.map(({ key, default: ours, iisDefault }) => [key, ours, iisDefault]),
    [
      ["maxProcesses", "4", "1"],
      ["pingInterval", "10s", "30s"],
      ["pingResponseTime", "30s", "90s"],
      ["time", "0s", "29h"],
    ],
  );
});

test("every setting without effect is marked", () => {
  const marked = reference.flatMap(({ settings }) =>
    settings.filter((row) => row.notYet !== undefined),
  );
  assert.equal(marked.length, notYet.length);
});
