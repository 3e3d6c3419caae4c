import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type TemporaryFolder, temporaryFolder, writeFakeNatsServer } from "./fake-nats-server.ts";
import { probeBinary } from "./probe-binary.ts";
import { checksumOf, lookInRelease } from "./release.ts";

const name = "nats-server-v2.15.1-linux-amd64";
const platform = "linux x64";
const report = () => {};

async function archiveIn(folder: TemporaryFolder): Promise<Buffer> {
  await writeFakeNatsServer(folder.at(name, "nats-server"), "2.15.1");
  execFileSync("tar", ["-czf", folder.at("archive"), "-C", folder.path, name]);
  return readFile(folder.at("archive"));
}

async function publish(files: Record<string, string | Buffer>) {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    response.writeHead(file === undefined ? 404 : 200, { connection: "close" }).end(file);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}

test("the archive of this platform is downloaded, verified and kept", async () => {
  await using folder = await temporaryFolder();
  const archive = await archiveIn(folder);
  const checksum = createHash("sha256").update(archive).digest("hex");
  await using site = await publish({
    "/v2.15.1/SHA256SUMS": `${"0".repeat(64)}  other.tar.gz\n${checksum}  ${name}.tar.gz\n`,
    [`/v2.15.1/${name}.tar.gz`]: archive,
  });
  const cacheDirectory = folder.at("cache");
  const look = await lookInRelease({ cacheDirectory, report, platform, url: site.url });
  const kept = folder.at("cache", "2.15.1", "nats-server");
  assert.deepEqual(look, { kind: "offers", binaries: [kept] });
  assert.deepEqual(await probeBinary(kept), { kind: "suitable", version: "2.15.1" });
});

test("an archive with another checksum is dropped", async () => {
  await using folder = await temporaryFolder();
  await using site = await publish({
    "/v2.15.1/SHA256SUMS": `${"0".repeat(64)}  ${name}.tar.gz\n`,
    [`/v2.15.1/${name}.tar.gz`]: await archiveIn(folder),
  });
  const cacheDirectory = folder.at("cache");
  const look = await lookInRelease({ cacheDirectory, report, platform, url: site.url });
  assert.deepEqual(look, {
    kind: "nothing",
    reason: `the checksum of ${name}.tar.gz is wrong; it was dropped`,
  });
});

test("a release that is not there, not listed or not reachable is a reason and no exception", async () => {
  await using folder = await temporaryFolder();
  const options = { cacheDirectory: folder.at("cache"), report, platform };
  await using empty = await publish({});
  const missing = await lookInRelease({ ...options, url: empty.url });
  assert.match(missing.kind === "nothing" ? missing.reason : "", /SHA256SUMS answered 404/);
  await using other = await publish({ "/v2.15.1/SHA256SUMS": "" });
  const unlisted = await lookInRelease({ ...options, url: other.url });
  assert.match(unlisted.kind === "nothing" ? unlisted.reason : "", /does not list/);
  const unreachable = await lookInRelease({ ...options, url: "http://127.0.0.1:1" });
  assert.match(
    unreachable.kind === "nothing" ? unreachable.reason : "",
    /^download failed \(.+\)$/,
  );
});

test("a platform for which nothing is published is not asked for", async () => {
  await using folder = await temporaryFolder();
  const look = await lookInRelease({
    cacheDirectory: folder.path,
    report,
    platform: "sunos sparc",
  });
  assert.deepEqual(look, { kind: "nothing", reason: "none is published for sunos sparc" });
});

test("checksum lists are read in text and in binary notation", () => {
  assert.equal(checksumOf("a", "AB01  a\nCD02 *b\n"), "ab01");
  assert.equal(checksumOf("b", "AB01  a\nCD02 *b\n"), "cd02");
  assert.equal(checksumOf("c", "AB01  a\nCD02 *b\n"), undefined);
});
