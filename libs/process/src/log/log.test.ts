import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import test from "node:test";

import { createLog, type LogOptions } from "./log.ts";
import { Secret } from "../settings/secret.ts";

/** A log whose lines are kept. */
function keptLog(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line), flush: () => {} };
  const log = createLog({
    component: "listener",
    level: "info",
    pretty: false,
    destination,
    ...options,
  });
  return { log, lines, facts: () => JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown> };
}

test("a line is JSON with level, time, component, event and sentence", () => {
  const { log, lines, facts } = keptLog();
  log.warn({ event: "queue.full", pool: "shop" }, "The queue of shop is full.");
  const { time, ...rest } = facts();
  assert.deepEqual(rest, {
    level: "warn",
    component: "listener",
    event: "queue.full",
    pool: "shop",
    msg: "The queue of shop is full.",
  });
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.ok(lines[0]?.endsWith("}\n"));
});

test("lines below the level are not written", () => {
  const { log, lines } = keptLog({ level: "warn" });
  log.info({ event: "pool.started" });
  assert.equal(log.isLevelEnabled("info"), false);
  assert.deepEqual(lines, []);
});

test("written lines are counted by level", () => {
  const counted: string[] = [];
  const { log } = keptLog({ counted: (level) => void counted.push(level) });
  log.error({ event: "a" });
  log.child({ pool: "shop" }).info({ event: "b" });
  log.debug({ event: "c" });
  assert.deepEqual(counted, ["error", "info"]);
});

test("credentials are masked by name at any depth, in lists of headers and in errors", () => {
  const { log, facts } = keptLog();
  const error = Object.assign(new Error("refused"), {
    options: { Authorization: "Bearer hunter2" },
  });
  const headers = { "Set-Cookie": ["hunter2"], accept: "*/*", "proxy-authorization": "hunter2" };
  const original = structuredClone(headers);
  log.info({
    event: "x",
    headers,
    rawHeaders: ["Host", "shop", "Cookie", "a=hunter2", "X-Auth-Token", "hunter2"],
    request: { deep: { adminToken: "hunter2", seed: "hunter2" } },
    password: new Secret("hunter2"),
    key: new Secret("hunter2"),
    err: error,
  });
  const line = JSON.stringify(facts());
  assert.doesNotMatch(line, /hunter2/);
  assert.match(line, /"accept":"\*\/\*"/);
  assert.match(line, /"Host","shop","Cookie","\*\*\*"/);
  assert.deepEqual(headers, original, "the caller's facts stay as they were");
});

test("facts of a child are masked too", () => {
  const { log, facts } = keptLog();
  log.child({ pool: "shop", token: "hunter2" }).child({ jwt: "hunter2" }).info({ event: "x" });
  assert.equal(facts()["pool"], "shop");
  assert.doesNotMatch(JSON.stringify(facts()), /hunter2/);
});

test("an error is spelt out with its causes under any name", () => {
  const { log, facts } = keptLog();
  const error = new Error("cannot start", { cause: new Error("port in use") });
  log.error({ event: "x", err: error, other: error });
  for (const name of ["err", "other"]) {
    const shown = facts()[name] as Record<string, string>;
    assert.equal(shown["message"], "cannot start: port in use");
    assert.match(shown["stack"] ?? "", /caused by: Error: port in use/);
  }
});

test("facts in a circle and bytes do not harm the log", () => {
  const { log, facts } = keptLog();
  const circle: Record<string, unknown> = { name: "a" };
  circle["self"] = circle;
  log.info({ event: "x", circle, body: Buffer.alloc(1000) });
  assert.equal(facts()["body"], "1000 bytes");
  assert.match(JSON.stringify(facts()), /…/);
});

test("lines for people carry component, event and sentence", () => {
  const { log, lines } = keptLog({ pretty: true });
  log.info({ event: "pool.started", pool: "shop" }, "Pool shop started.");
  assert.match(lines[0] ?? "", /INFO.*: listener pool\.started Pool shop started\. .*"shop"/);
});

/** Arguments for a Node.js that runs this program with a log on its real standard output. */
function logging(program: string): string[] {
  const source = `
    import { createLog } from ${JSON.stringify(new URL("log.ts", import.meta.url).href)};
    const log = createLog({ component: "test", level: "info" });
    ${program}`;
  return ["--input-type=module-typescript", "--eval", source];
}

function runLogging(program: string) {
  const limits = { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, timeout: 30_000 } as const;
  return spawnSync(process.execPath, logging(program), limits);
}

test("nothing is lost when the process exits in the same turn", () => {
  const { stdout, status } = runLogging(`
    for (let i = 0; i < 20_000; i++) log.info({ event: "many", i });
    process.exit(3);`);
  assert.equal(status, 3);
  assert.equal(stdout.trimEnd().split("\n").length, 20_000);
});

test("nothing is lost when the process dies of a bug or of its own signal a turn later", () => {
  const bug = runLogging(`log.info({ event: "last" }); throw new Error("bug");`);
  assert.match(bug.stdout, /"event":"last"/);
  const signal = runLogging(`
    log.info({ event: "last" });
    setImmediate(() => setImmediate(() => process.kill(process.pid, "SIGKILL")));`);
  assert.equal(signal.signal, "SIGKILL");
  assert.match(signal.stdout, /"event":"last"/);
});

test("a process whose log nobody reads any more goes on", async () => {
  const child = spawn(
    process.execPath,
    logging(`
    setInterval(() => log.info({ event: "unread" }), 5);
    setTimeout(() => process.exit(7), 200);`),
  );
  await once(child.stdout, "data");
  child.stdout.destroy();
  const [status] = await once(child, "exit");
  assert.equal(status, 7);
});
