import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fetchIntoCache, lookInCache, natsServerCacheDirectory } from "./cache.ts";
import { temporaryFolder, writeFakeNatsServer } from "./fake-nats-server.ts";
import { probeBinary } from "./probe-binary.ts";

test("the cache is below XDG_CACHE_HOME, or below the home's .cache", () => {
  const fallback = join(homedir(), ".cache", "penstock", "nats-server");
  assert.equal(natsServerCacheDirectory({ XDG_CACHE_HOME: "/x" }), "/x/penstock/nats-server");
  assert.equal(natsServerCacheDirectory({ XDG_CACHE_HOME: "relative" }), fallback);
  assert.equal(natsServerCacheDirectory({}), fallback);
});

test("the tested version is offered first, then the newest; older than the minimum never", async () => {
  await using folder = await temporaryFolder();
  for (const version of ["2.10.27", "2.11.0", "2.15.1", "2.16.0"]) {
    await writeFakeNatsServer(folder.at(version, "nats-server"), version);
  }
  assert.deepEqual(await lookInCache(folder.path), {
    kind: "offers",
    binaries: ["2.15.1", "2.16.0", "2.11.0"].map((version) => folder.at(version, "nats-server")),
  });
});

test("a cache that was never written offers nothing", async () => {
  await using folder = await temporaryFolder();
  const look = await lookInCache(folder.at("missing"));
  assert.deepEqual(look, { kind: "nothing", reason: `nothing in ${folder.at("missing")}` });
});

test("fetches at the same time leave one whole binary and nothing else", async () => {
  await using folder = await temporaryFolder();
  const fetched = Array.from({ length: 8 }, () =>
    fetchIntoCache(folder.path, (at) => writeFakeNatsServer(join(at, "fetched"), "2.15.1")),
  );
  const kept = folder.at("2.15.1", "nats-server");
  for (const look of await Promise.all(fetched)) {
    assert.deepEqual(look, { kind: "offers", binaries: [kept] });
  }
  assert.deepEqual(await readdir(folder.path, { recursive: true }), [
    "2.15.1",
    "2.15.1/nats-server",
  ]);
  assert.deepEqual(await probeBinary(kept), { kind: "suitable", version: "2.15.1" });
});

test("a damaged binary in the cache is replaced by the next fetch", async () => {
  await using folder = await temporaryFolder();
  const kept = await writeFakeNatsServer(folder.at("2.15.1", "nats-server"), "2.15.1");
  await writeFile(kept, "half a binary");
  assert.equal((await probeBinary(kept)).kind, "unsuitable");
  await fetchIntoCache(folder.path, (at) => writeFakeNatsServer(join(at, "fetched"), "2.15.1"));
  assert.equal((await probeBinary(kept)).kind, "suitable");
});

test("what was fetched and is too old, or whose fetch failed, does not enter the cache", async () => {
  await using folder = await temporaryFolder();
  const look = await fetchIntoCache(folder.path, (at) =>
    writeFakeNatsServer(join(at, "fetched"), "2.9.10"),
  );
  assert.deepEqual(look, {
    kind: "nothing",
    reason: "what was fetched is version 2.9.10, older than 2.11.0",
  });
  const failed = fetchIntoCache(folder.path, () => Promise.reject(new Error("cut off")));
  await assert.rejects(failed, /cut off/);
  assert.deepEqual(await readdir(folder.path), []);
});
