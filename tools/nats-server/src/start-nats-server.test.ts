// With a real nats-server, found or fetched by the tool itself. Everything that is started here is ended
// by its pid.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { before, test } from "node:test";
import { natsServerCacheDirectory } from "./cache.ts";
import { NatsServerStartFailed, NatsServerStoreInUse } from "./errors.ts";
import { temporaryFolder } from "./fake-nats-server.ts";
import { findNatsServer } from "./find-nats-server.ts";
import { commandLineOf } from "./process-identity.ts";
import type { NatsServerEvent } from "./server-event.ts";
import { startNatsServer } from "./start-nats-server.ts";

let binary = "";
const report = () => {};

before(async () => {
  const environment = process.env;
  const cacheDirectory = natsServerCacheDirectory(environment);
  binary = (await findNatsServer({ cacheDirectory, environment, report })).path;
});

async function greeting(port: number): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  const [bytes] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return bytes.toString("latin1");
}

test("a started server answers on loopback with JetStream, and is gone after its stop", async () => {
  await using folder = await temporaryFolder();
  const events: NatsServerEvent[] = [];
  const storeDirectory = folder.at("nats");
  const server = await startNatsServer({
    binary,
    storeDirectory,
    configuration: { serverName: "n1" },
    report: (event) => events.push(event),
  });
  assert.equal(server.url, `nats://127.0.0.1:${server.port}`);
  const information = await greeting(server.port);
  assert.match(information, /^INFO \{.*"server_name":"n1".*"jetstream":true/);
  assert.match(information, /"max_payload":8388608/);
  assert.equal(statSync(storeDirectory).mode & 0o777, 0o700);
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  const exit = await server.exited;
  assert.equal(exit.code, 0);
  assert.match(exit.lastLines.at(-1) ?? "", /Server Exiting/);
  assert.equal(await commandLineOf(server.pid), undefined);
  assert.ok(events.some((event) => event.kind === "log" && event.text === "Server is ready"));
  assert.equal(existsSync(folder.at("nats", "nats-server.pid.json")), false);
});

test("the same store starts again, on a port that is named", async () => {
  await using folder = await temporaryFolder();
  const options = { binary, storeDirectory: folder.path, report };
  const first = await startNatsServer(options);
  await first[Symbol.asyncDispose]();
  await using second = await startNatsServer({ ...options, configuration: { port: first.port } });
  assert.equal(second.port, first.port);
});

test("the server is in a process group of its own, out of reach of a terminal's Ctrl-C", async () => {
  await using folder = await temporaryFolder();
  await using server = await startNatsServer({ binary, storeDirectory: folder.path, report });
  const stat = readFileSync(`/proc/${server.pid}/stat`, "latin1");
  assert.equal(Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]), server.pid);
});

test("a server that is killed is seen at once", async () => {
  await using folder = await temporaryFolder();
  const server = await startNatsServer({ binary, storeDirectory: folder.path, report });
  process.kill(server.pid, "SIGKILL");
  const exit = await server.exited;
  assert.deepEqual({ code: exit.code, signal: exit.signal }, { code: null, signal: "SIGKILL" });
  await server[Symbol.asyncDispose]();
});

test("a server that does not heed SIGTERM is killed", async () => {
  await using folder = await temporaryFolder();
  const storeDirectory = folder.path;
  const server = await startNatsServer({ binary, storeDirectory, report, stopLimitMs: 50 });
  process.kill(server.pid, "SIGSTOP");
  await server[Symbol.asyncDispose]();
  assert.equal((await server.exited).signal, "SIGKILL");
});

test("a port in use is told with the server's own words and a remedy", async () => {
  await using folder = await temporaryFolder();
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const configuration = { port };
  const failed = startNatsServer({ binary, storeDirectory: folder.path, configuration, report });
  await assert.rejects(failed, (thrown) => {
    assert.ok(thrown instanceof NatsServerStartFailed);
    assert.equal(thrown.code, "NATS_SERVER_START_FAILED");
    assert.match(thrown.message, /did not start: its port is in use\.\n/);
    assert.match(thrown.lastLines.at(-1) ?? "", /address already in use/);
    assert.match(thrown.remedy ?? "", /port 0/);
    return true;
  });
  assert.equal(existsSync(folder.at("nats-server.pid.json")), false);
  other.close();
});

test("a configuration that the server refuses is told", async () => {
  await using folder = await temporaryFolder();
  const configuration = { extraLines: ["nonsense: 1"] };
  const failed = startNatsServer({ binary, storeDirectory: folder.path, configuration, report });
  await assert.rejects(failed, /it refused its configuration\.\n.*unknown field "nonsense"/);
});

test("a store directory that cannot be made and a binary that cannot be run are told", async () => {
  await using folder = await temporaryFolder();
  await writeFile(folder.at("file"), "");
  const below = startNatsServer({ binary, storeDirectory: folder.at("file", "nats"), report });
  await assert.rejects(below, /its store directory cannot be written/);
  const missing = folder.at("missing");
  const none = startNatsServer({ binary: missing, storeDirectory: folder.at("nats"), report });
  await assert.rejects(none, /its binary cannot be run/);
});

test("a server that does not answer in time is ended", async () => {
  await using folder = await temporaryFolder();
  const silent = folder.at("silent");
  await writeFile(silent, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  const storeDirectory = folder.at("nats");
  const failed = startNatsServer({ binary: silent, storeDirectory, report, startLimitMs: 50 });
  await assert.rejects(failed, /it did not answer in time/);
});

test("a store whose starter is alive is refused", async () => {
  await using folder = await temporaryFolder();
  const options = { binary, storeDirectory: folder.path, report };
  await using server = await startNatsServer(options);
  await assert.rejects(startNatsServer(options), (thrown) => {
    assert.ok(thrown instanceof NatsServerStoreInUse);
    assert.equal(thrown.starterPid, process.pid);
    return true;
  });
  assert.match(await greeting(server.port), /^INFO/);
});

test("a server that a killed run left on this store is ended and reported", async () => {
  await using folder = await temporaryFolder();
  const left = await startElsewhereAndKillStarter(folder.path);
  assert.notEqual(await commandLineOf(left), undefined);
  const events: NatsServerEvent[] = [];
  await using server = await startNatsServer({
    binary,
    storeDirectory: folder.path,
    report: (event) => events.push(event),
  });
  assert.deepEqual(events[0], { kind: "leftover", pid: left });
  assert.equal(await commandLineOf(left), undefined);
  assert.notEqual(server.pid, left);
});

test("a record whose pid now belongs to another program ends nothing", async () => {
  await using folder = await temporaryFolder();
  const bystander = spawn("sleep", ["60"]);
  const record = { starter: { pid: 1, startTime: "never" }, server: { pid: bystander.pid } };
  await writeFile(folder.at("nats-server.pid.json"), JSON.stringify(record));
  const events: NatsServerEvent[] = [];
  await using server = await startNatsServer({
    binary,
    storeDirectory: folder.path,
    report: (event) => events.push(event),
  });
  assert.equal(bystander.exitCode, null);
  assert.ok(server.pid > 0 && !events.some(({ kind }) => kind === "leftover"));
  bystander.kill("SIGKILL");
  await once(bystander, "exit");
});

async function startElsewhereAndKillStarter(storeDirectory: string): Promise<number> {
  const entry = new URL("start-nats-server.ts", import.meta.url).href;
  const source = `
    import { startNatsServer } from ${JSON.stringify(entry)};
    const [binary, storeDirectory] = process.argv.slice(-2);
    const server = await startNatsServer({ binary, storeDirectory, report() {} });
    process.stdout.write(server.pid + "\\n");
  `;
  const starter = spawn(
    process.execPath,
    ["--input-type=module", "-e", source, "--", binary, storeDirectory],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(createInterface(starter.stdout), "line")) as [string];
  starter.kill("SIGKILL");
  await once(starter, "exit");
  return Number(line);
}
