import assert from "node:assert/strict";
import test from "node:test";
import { withCommandLine } from "../given-command-line.ts";

const SOUND = `version: 1
applicationPools:
  shop:
    urls: ["http://+:8080/shop/"]
    command: [serve]
    secrets: { TOKEN: { file: ./token } }
`;

const FAULTY = SOUND.replace("command:", "comand:").replace("version: 1", "version: 2");

const WARNED = `${SOUND}    asynchronous: { enabled: true }\n`;

test("a valid file is counted on standard output, with 0", () =>
  withCommandLine({ "penstock.yaml": SOUND, "other.yaml": SOUND }, async (run) => {
    assert.deepEqual(await run("config", "validate"), {
      code: 0,
      stdout: "penstock.yaml is valid: 1 application pool.\n",
      stderr: "",
    });
    const other = await run("config", "validate", "other.yaml");
    assert.equal(other.stdout, "other.yaml is valid: 1 application pool.\n");
  }));

test("an invalid file is explained on standard error, with 2 and nothing on standard output", () =>
  withCommandLine({ "penstock.yaml": FAULTY }, async (run) => {
    for (const command of ["validate", "show"]) {
      const { code, stdout, stderr } = await run("config", command);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, /^penstock\.yaml:1:10\s+error /m);
      assert.match(stderr, /^penstock\.yaml:5:5\s+error .*"comand"/m);
      assert.match(stderr, /did you mean "command"\?/);
      assert.match(stderr, /\d errors\. Nothing was applied\.\n$/);
    }
  }));

test("a setting without effect is warned of, and the file is valid", () =>
  withCommandLine({ "penstock.yaml": WARNED }, async (run) => {
    const { code, stdout, stderr } = await run("config", "validate");
    assert.equal(code, 0);
    assert.match(stdout, /is valid/);
    assert.match(stderr, /^penstock\.yaml:7:21\s+warn\w*\s+.*asynchronous\.enabled has no effect/m);
  }));

test("a file that is not there ends with 2 and its name", () =>
  withCommandLine({}, async (run) => {
    const { code, stderr } = await run("config", "validate", "nowhere.yaml");
    assert.equal(code, 2);
    assert.match(stderr, /nowhere\.yaml cannot be read: .*no such file/);
  }));

test("show fills every default in, and tells of a secret only where it comes from", () =>
  withCommandLine({ "penstock.yaml": SOUND, token: "s3cret" }, async (run) => {
    const { code, stdout, stderr } = await run("config", "show");
    assert.equal(code, 0);
    assert.equal(stderr, "");
    assert.match(stdout, /queueLength: 1000/);
    assert.match(stdout, /idleTimeout: 20m/);
    assert.match(stdout, /token/);
    assert(!stdout.includes("s3cret"));
  }));

test("what show prints is a valid file that shows the same", () =>
  withCommandLine({ "penstock.yaml": SOUND }, async (run, folder) => {
    const { writeFile } = await import("node:fs/promises");
    const { stdout } = await run("config", "show");
    await writeFile(`${folder}/shown.yaml`, stdout);
    const again = await run("config", "show", "shown.yaml");
    assert.deepEqual(again, { code: 0, stdout, stderr: "" });
  }));
