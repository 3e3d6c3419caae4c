import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ApplicationError } from "./errors.ts";
import { RecordingExchange, exchangeWith } from "./recording-exchange.ts";
import { startCommand } from "./start-command.ts";
import type { CommandOptions } from "./start-command.ts";

const node = process.execPath;

function options(command: string[], more: Partial<CommandOptions> = {}): CommandOptions {
  return {
    command,
    directory: tmpdir(),
    environment: {},
    pool: "shop",
    worker: "shop-1",
    startupTimeLimitMs: 10_000,
    shutdownTimeLimitMs: 2000,
    ...more,
  };
}

/** A command that runs `handler` (its text) as a server on the port in its first argument. */
function serving(handler: string, before = ""): string[] {
  const script = `${before};require("http").createServer(${handler}).listen(+process.argv[1],"127.0.0.1")`;
  return [node, "-e", script, "${PORT}"];
}

async function failure(given: CommandOptions): Promise<ApplicationError> {
  const thrown: unknown = await startCommand(given).catch((error: unknown) => error);
  assert.ok(thrown instanceof ApplicationError);
  return thrown;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let n = 0; n < 1000 && isAlive(pid); n++) await delay(10);
  assert.equal(isAlive(pid), false);
}

test("a command serves on the port that it was given, and knows its place", async () => {
  const handler =
    "(q,r)=>r.end(JSON.stringify([process.argv.slice(2),process.env.PORT,process.env.PENSTOCK_POOL,process.env.PENSTOCK_WORKER,process.env.FILLED,process.env.HOME===undefined,q.url,q.headers.host]))";
  await using command = await startCommand(
    options([...serving(handler), "${POOL}/${WORKER}:${PORT}", "${OTHER}"], {
      environment: { FILLED: "at ${PORT} in ${POOL}" },
    }),
  );
  const exchange = await exchangeWith(command.host, { target: "/a?b=%20" });
  const { port } = command;
  assert.deepEqual(JSON.parse(exchange.text), [
    [`shop/shop-1:${port}`, "${OTHER}"],
    String(port),
    "shop",
    "shop-1",
    `at ${port} in shop`,
    true,
    "/a?b=%20",
    "app.example",
  ]);
});

test("a command that listens on IPv6 loopback alone is found", async () => {
  const script =
    'require("http").createServer((q,r)=>r.end("six")).listen(+process.env.PORT,"::1")';
  await using command = await startCommand(options([node, "-e", script]));
  assert.equal((await exchangeWith(command.host)).text, "six");
});

test("a slow start is waited for, a fixed port is used", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  const taken = await failure(options(serving("()=>{}"), { port }));
  assert.equal(taken.code, "APPLICATION_PORT_TAKEN");
  probe.close();
  await once(probe, "close");
  const late = `setTimeout(()=>{require("http").createServer((q,r)=>r.end("late")).listen(${port})},200)`;
  await using command = await startCommand(options([node, "-e", late], { port }));
  assert.equal(command.port, port);
  assert.equal((await exchangeWith(command.host)).text, "late");
});

test("a command that is not there is named with its directory", async () => {
  const error = await failure(options(["no-such-program", "--serve"]));
  assert.equal(error.code, "APPLICATION_COMMAND_NOT_FOUND");
  assert.match(
    error.message,
    /cannot run no-such-program --serve in .*: no-such-program was not found/,
  );
});

test("a directory that is not there is named", async () => {
  const error = await failure(options([node, "-v"], { directory: "/no/such/directory" }));
  assert.equal(error.code, "APPLICATION_COMMAND_NOT_FOUND");
  assert.match(error.message, /the directory \/no\/such\/directory does not exist/);
});

test("a program that may not be run says so", async () => {
  const error = await failure(options([tmpdir()]));
  assert.equal(error.code, "APPLICATION_COMMAND_FAILED");
  assert.match(error.message, /EACCES/);
});

test("a command that ends before it listens says how", async () => {
  const byCode = await failure(options([node, "-e", "process.exit(7)"]));
  assert.equal(byCode.code, "APPLICATION_COMMAND_EXITED");
  assert.match(byCode.message, /ended with code 7 before it listened on \$PORT \d+/);
  const bySignal = await failure(options([node, "-e", 'process.kill(process.pid,"SIGKILL")']));
  assert.match(bySignal.message, /ended by SIGKILL/);
});

test("a command that listens elsewhere is told where, also when its child does", async () => {
  const child = 'require("net").createServer().listen(0,"::1")';
  const script =
    'require("net").createServer().listen(0,"127.0.0.1");' +
    `require("child_process").spawn(process.execPath,["-e",${JSON.stringify(child)}])`;
  const error = await failure(options([node, "-e", script], { startupTimeLimitMs: 3000 }));
  assert.equal(error.code, "APPLICATION_NOT_LISTENING");
  assert.match(error.message, /within 3 s: it listens on /);
  assert.match(error.message, /127\.0\.0\.1:\d+/);
  assert.match(error.message, /\[::1\]:\d+/);
  assert.match(error.message, /not on \$PORT \d+$/);
});

test("a command that listens nowhere is told that", async () => {
  const said: string[] = [];
  const error = await failure(
    options([node, "-e", "setInterval(()=>{},1000)"], {
      startupTimeLimitMs: 300,
      report: (line) => said.push(line),
    }),
  );
  assert.match(error.message, /it listens on no port, and should on \$PORT/);
  // Said before it fails: who waits for it may have the same limit.
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /within 0\.[23] s: it listens on no port, and should on \$PORT/);
});

test("a start can be called off, and leaves nothing behind", async () => {
  const controller = new AbortController();
  const starting = failure(
    options([node, "-e", "setInterval(()=>{},1000)"], { signal: controller.signal }),
  );
  await delay(100);
  controller.abort();
  assert.equal((await starting).code, "APPLICATION_START_CANCELLED");
});

test("disposing asks first: SIGTERM is handled, and exited tells the code", async () => {
  const command = await startCommand(
    options(serving("(q,r)=>r.end()", 'process.on("SIGTERM",()=>process.exit(3))')),
  );
  await command[Symbol.asyncDispose]();
  assert.deepEqual(await command.exited, { code: 3, signal: null });
});

test("a command that does not listen to SIGTERM is killed after the limit, with its children", async () => {
  const child = 'require("child_process").spawn("sleep",["60"])';
  const handler = "(q,r)=>r.end(String(c.pid))";
  const command = await startCommand(
    options(serving(handler, `process.on("SIGTERM",()=>{});const c=${child}`), {
      shutdownTimeLimitMs: 200,
    }),
  );
  const grandchild = Number((await exchangeWith(command.host)).text);
  assert.ok(isAlive(grandchild));
  await command[Symbol.asyncDispose]();
  assert.deepEqual(await command.exited, { code: null, signal: "SIGKILL" });
  await untilGone(grandchild);
});

test("a command that dies resets what it had, and exited tells of it", async () => {
  await using command = await startCommand(options(serving("()=>process.exit(9)")));
  const exchange = new RecordingExchange();
  command.host.handle(exchange);
  await exchange.over;
  assert.deepEqual(exchange.calls, ["reset"]);
  assert.deepEqual(await command.exited, { code: 9, signal: null });
});

test("a command does not outlive a worker that is killed", async () => {
  const script = `
    import { startCommand } from ${JSON.stringify(import.meta.resolve("./start-command.ts"))};
    const command = await startCommand(${JSON.stringify(options(serving("()=>{}")))});
    process.stdout.write(String(command.pid));
    setInterval(() => {}, 1000);`;
  const worker = spawn(node, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [told] = (await once(worker.stdout, "data")) as [Buffer];
  const pid = Number(told.toString());
  assert.ok(isAlive(pid));
  worker.kill("SIGKILL");
  await untilGone(pid);
});
