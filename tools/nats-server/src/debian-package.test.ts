import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { lookInDebian } from "./debian-package.ts";
import { temporaryFolder, writeFakeNatsServer } from "./fake-nats-server.ts";
import { probeBinary } from "./probe-binary.ts";

const report = () => {};

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

test("a machine without apt-get and dpkg-deb is told so", async () => {
  await using folder = await temporaryFolder();
  const look = await lookInDebian({ cacheDirectory: folder.path, searchPath: "", report });
  assert.deepEqual(look, {
    kind: "nothing",
    reason: "this machine has no apt-get and no dpkg-deb",
  });
});

test("apt sources that name no archive leave nothing to fetch from", async () => {
  await using folder = await temporaryFolder();
  await writeFakeNatsServer(folder.at("bin", "apt-get"), "1.0.0");
  await writeFakeNatsServer(folder.at("bin", "dpkg-deb"), "1.0.0");
  const look = await lookInDebian({
    cacheDirectory: folder.at("cache"),
    searchPath: folder.at("bin"),
    report,
    aptFolder: folder.at("apt"),
  });
  assert.deepEqual(look, { kind: "nothing", reason: "apt's sources name no archive" });
});

test(
  "two fetches at once from the machine's own mirror leave one binary that runs",
  { skip: isDebian() ? false : "needs a Debian machine" },
  async () => {
    await using folder = await temporaryFolder();
    const options = { cacheDirectory: folder.path, searchPath: process.env["PATH"], report };
    const looks = await Promise.all([lookInDebian(options), lookInDebian(options)]);
    const [first, second] = looks;
    assert.deepEqual(first, second);
    assert.ok(first.kind === "offers", JSON.stringify(first));
    assert.equal((await probeBinary(first.binaries[0] ?? "")).kind, "suitable");
    assert.equal(readdirSync(folder.path).length, 1);
  },
);
