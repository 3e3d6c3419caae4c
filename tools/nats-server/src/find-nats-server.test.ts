import assert from "node:assert/strict";
import { test } from "node:test";
import { NatsServerNotFound } from "./errors.ts";
import { temporaryFolder, writeFakeNatsServer } from "./fake-nats-server.ts";
import { findNatsServer, firstSuitable } from "./find-nats-server.ts";
import type { FindEvent, Look, NatsServerSource, Place } from "./place.ts";

const ignore = () => {};

function place(source: NatsServerSource, look: Look, asked: string[] = []): Place {
  return {
    source,
    look: async () => {
      asked.push(source);
      return look;
    },
  };
}

test("the first place that has a suitable binary is taken and later ones are not asked", async () => {
  await using folder = await temporaryFolder();
  const binary = await writeFakeNatsServer(folder.at("nats-server"), "2.15.1");
  const asked: string[] = [];
  const found = await firstSuitable(
    [
      place("path", { kind: "nothing", reason: "no nats-server on it" }, asked),
      place("cache", { kind: "offers", binaries: [binary] }, asked),
      place("release", { kind: "offers", binaries: [binary] }, asked),
    ],
    ignore,
  );
  assert.deepEqual(found, { path: binary, version: "2.15.1", source: "cache" });
  assert.deepEqual(asked, ["path", "cache"]);
});

test("a binary on PATH that is too old is skipped, and the reason is reported", async () => {
  await using folder = await temporaryFolder();
  const old = await writeFakeNatsServer(folder.at("old", "nats-server"), "2.9.10");
  const cached = await writeFakeNatsServer(folder.at("cache", "2.15.1", "nats-server"), "2.15.1");
  const events: FindEvent[] = [];
  const found = await findNatsServer({
    cacheDirectory: folder.at("cache"),
    environment: { PATH: folder.at("old") },
    report: (event) => events.push(event),
  });
  assert.deepEqual(found, { path: cached, version: "2.15.1", source: "cache" });
  assert.deepEqual(events, [
    { kind: "skipped", source: "path", reason: `${old} is version 2.9.10, older than 2.11.0` },
  ]);
});

test("the second nats-server on PATH is taken when the first is too old", async () => {
  await using folder = await temporaryFolder();
  await writeFakeNatsServer(folder.at("old", "nats-server"), "2.10.27");
  const good = await writeFakeNatsServer(folder.at("good", "nats-server"), "2.11.0");
  const found = await findNatsServer({
    cacheDirectory: folder.at("cache"),
    environment: { PATH: `${folder.at("old")}:${folder.at("good")}` },
    report: ignore,
  });
  assert.deepEqual(found, { path: good, version: "2.11.0", source: "path" });
});

test("an explicit path goes before PENSTOCK_NATS_SERVER, and both before PATH", async () => {
  await using folder = await temporaryFolder();
  const explicit = await writeFakeNatsServer(folder.at("explicit"), "2.12.0");
  const variable = await writeFakeNatsServer(folder.at("variable"), "2.13.0");
  await writeFakeNatsServer(folder.at("bin", "nats-server"), "2.14.0");
  const options = {
    cacheDirectory: folder.at("cache"),
    environment: { PATH: folder.at("bin"), PENSTOCK_NATS_SERVER: variable },
    report: ignore,
  };
  assert.equal((await findNatsServer({ ...options, path: explicit })).path, explicit);
  assert.equal((await findNatsServer(options)).path, variable);
  const environment = { ...options.environment, PENSTOCK_NATS_SERVER: "" };
  assert.equal((await findNatsServer({ ...options, environment })).source, "path");
});

test("a configured path that does not do is an error, not a reason to take another one", async () => {
  await using folder = await temporaryFolder();
  await writeFakeNatsServer(folder.at("bin", "nats-server"), "2.15.1");
  const failed = findNatsServer({
    path: folder.at("missing"),
    cacheDirectory: folder.at("cache"),
    environment: { PATH: folder.at("bin") },
    report: ignore,
  });
  await assert.rejects(failed, (thrown) => {
    assert.ok(thrown instanceof NatsServerNotFound);
    assert.match(thrown.message, /configured path: .*missing cannot be run/);
    assert.match(thrown.remedy ?? "", /PENSTOCK_NATS_SERVER/);
    return true;
  });
});

test("the error names every place, why it did not do, and what helps", async () => {
  await using folder = await temporaryFolder();
  const old = await writeFakeNatsServer(folder.at("nats-server"), "2.9.10");
  const failed = firstSuitable(
    [
      place("path", { kind: "offers", binaries: [old] }),
      place("cache", { kind: "nothing", reason: "nothing in /cache" }),
      place("release", { kind: "nothing", reason: "download failed (no route)" }),
      place("debian", { kind: "nothing", reason: "this machine has no apt-get" }),
    ],
    ignore,
  );
  await assert.rejects(failed, (thrown) => {
    assert.ok(thrown instanceof NatsServerNotFound);
    assert.equal(thrown.code, "NATS_SERVER_NOT_FOUND");
    assert.equal(
      thrown.message,
      `No nats-server 2.11.0 or newer was found.
  PATH: ${old} is version 2.9.10, older than 2.11.0
  cache: nothing in /cache
  official release: download failed (no route)
  Debian package: this machine has no apt-get`,
    );
    assert.match(thrown.remedy ?? "", /Install nats-server 2\.11\.0 or newer/);
    return true;
  });
});

test("what is no nats-server, or cannot be run, is skipped", async () => {
  await using folder = await temporaryFolder();
  const other = await writeFakeNatsServer(folder.at("other"), "none");
  const events: FindEvent[] = [];
  const failed = firstSuitable(
    [place("path", { kind: "offers", binaries: [other, folder.path] })],
    (event) => events.push(event),
  );
  await assert.rejects(failed, NatsServerNotFound);
  const reasons = events.map((event) => (event.kind === "skipped" ? event.reason : ""));
  assert.equal(reasons[0], `${other} is no nats-server`);
  assert.match(reasons[1] ?? "", /cannot be run/);
});
