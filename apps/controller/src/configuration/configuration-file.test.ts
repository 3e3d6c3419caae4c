import assert from "node:assert/strict";
import {
  chmod,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { ServiceError } from "@penstock/foundation";
import { ConfigurationFile, faultLines } from "./configuration-file.ts";

const VALID = `version: 1
applicationPools:
  a: { urls: ["http://+:8080/"], command: [serve] }
`;

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "penstock-controller-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a file is replaced as a whole, where a link leads to, with the rights that it had", () =>
  withFolder(async (folder) => {
    const [target, link] = [join(folder, "target.yaml"), join(folder, "penstock.yaml")];
    await writeFile(target, "old");
    await chmod(target, 0o640);
    await symlink(target, link);
    await new ConfigurationFile(link).replace("new");
    assert.equal(await readFile(target, "utf8"), "new");
    assert.equal((await stat(target)).mode & 0o777, 0o640);
    assert.deepEqual((await readdir(folder)).toSorted(), ["penstock.yaml", "target.yaml"]);
  }));

test("a place that cannot be written to is said so, with what to do", () =>
  withFolder(async (folder) => {
    const nowhere = new ConfigurationFile(join(folder, "none", "penstock.yaml"));
    await assert.rejects(nowhere.replace("new"), (thrown) => {
      assert(thrown instanceof ServiceError);
      assert.equal(thrown.code, "CONFIGURATION_NOT_WRITABLE");
      assert.match(thrown.remedy ?? "", /Change that file where it is/);
      return true;
    });
    await assert.rejects(nowhere.read(), { code: "CONFIGURATION_NOT_READABLE" });
  }));

test("the signature is another one when another file takes its place, and empty when there is none", () =>
  withFolder(async (folder) => {
    const path = join(folder, "penstock.yaml");
    const file = new ConfigurationFile(path);
    assert.equal(await file.signature(), "");
    await writeFile(path, "same");
    const first = await file.signature();
    assert.equal(await file.signature(), first);
    await writeFile(`${path}.next`, "same");
    await rename(`${path}.next`, path);
    assert.notEqual(await file.signature(), first);
  }));

test("a text is read as if it stood in the file, and faults show their places and no line of it", () => {
  const file = new ConfigurationFile("/srv/penstock.yaml");
  const reading = file.parse(VALID);
  assert.equal(reading.kind, "valid");
  assert.equal(reading.configuration.pools[0]?.directory, "/srv");
  const secret = `${VALID}x: 1\napplicationPoolDefaults: { environment: { A: hunter2 }, nonsense: 1 }\n`;
  const faulty = file.parse(secret, "new.yaml");
  assert.equal(faulty.kind, "invalid");
  const lines = faultLines(faulty.faults);
  assert.match(lines.join("\n"), /^new\.yaml:4:1 {2}error {2}unknown key "x"/m);
  assert.match(lines.join("\n"), /^new\.yaml:5:\d+ {2}error {2}unknown key "nonsense"/m);
  assert(!lines.join("\n").includes("hunter2"));
});
