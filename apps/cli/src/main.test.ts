import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { withCommandLine } from "./given-command-line.ts";
import { version } from "./version.ts";

test("--version and --help are answered on standard output, with 0", () =>
  withCommandLine({}, async (run) => {
    const told = await run("--version");
    assert.deepEqual(told, { code: 0, stdout: `${version}\n`, stderr: "" });
    const help = await run("--help");
    assert.equal(help.code, 0);
    for (const command of [
      "up",
      "demo",
      "listener",
      "controller",
      "worker",
      "config",
      "status",
      "pool",
    ])
      assert.match(help.stdout, new RegExp(`^  ${command}\\b`, "m"));
  }));

test("a command, option or choice that does not exist ends with 2 and says so", () =>
  withCommandLine({}, async (run) => {
    for (const [args, says] of [
      [["ip"], /unknown command 'ip'/],
      [["status", "--jsno"], /unknown option '--jsno'/],
      [["status", "-o", "xml"], /Allowed choices are table, json/],
      [["url", "test", "GET"], /missing required argument 'url'/],
      [["up", "--runtime", "jail"], /Allowed choices are process, docker/],
    ] as const) {
      const { code, stdout, stderr } = await run(...args);
      assert.equal(code, 2, args.join(" "));
      assert.equal(stdout, "");
      assert.match(stderr, says);
    }
  }));

test("up without a configuration file ends with 2 and says what to do", () =>
  withCommandLine({}, async (run) => {
    const { code, stdout, stderr } = await run("up");
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^penstock: the configuration file penstock\.yaml cannot be read: /);
    assert.match(stderr, /Name another file with -c, or write one/);
  }));

test("the shipped schema is the one that the command prints", () =>
  withCommandLine({}, async (run) => {
    const { code, stdout } = await run("config", "schema");
    assert.equal(code, 0);
    const shipped = new URL("../../../penstock.schema.json", import.meta.url);
    assert.deepEqual(JSON.parse(stdout), JSON.parse(readFileSync(shipped, "utf8")));
  }));
