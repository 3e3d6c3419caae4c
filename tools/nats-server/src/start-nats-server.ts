// Starts a nats-server and stops it again. It runs in a process group of its own, so that a terminal's
// Ctrl-C reaches only its starter, which then stops it in its turn. Below the store directory stand:
//
//   nats-server.conf      its configuration, written at every start
//   nats-server.log       what it wrote
//   nats-server.pid.json  who started it, and its pid; gone when it ended in order
//   ports/                the ports that it chose
//   jetstream/            its streams
//
// Steps: 1 claim the store, 2 write the configuration, 3 follow the log, 4 spawn, 5 wait until it greets.
// Stop, the mirror: SIGTERM, SIGKILL after a while, read the log to its end, give the store back.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join, resolve } from "node:path";
import { describeError } from "@penstock/foundation";
import { loopback, type NatsServerConfiguration, renderConfiguration } from "./configuration.ts";
import { NatsServerStartFailed } from "./errors.ts";
import { followLog } from "./log-tail.ts";
import { untilReady } from "./readiness.ts";
import { parseLogLine, type ReportServer } from "./server-event.ts";
import { diagnose } from "./start-remedy.ts";
import { claimStore } from "./store-claim.ts";

/** How a server is started. */
export interface StartNatsServerOptions {
  /** The binary, as `findNatsServer` found it. */
  readonly binary: string;
  /** Made when it is not there, for this user only. One server at a time runs on it. */
  readonly storeDirectory: string;
  readonly configuration?: NatsServerConfiguration;
  readonly report: ReportServer;
  /** Default 30 s: large file streams are read at the start. */
  readonly startLimitMs?: number;
  /** From SIGTERM to SIGKILL. Default 10 s. */
  readonly stopLimitMs?: number;
}

/** How a server ended. */
export interface NatsServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote last, oldest first; at most 20 lines. */
  readonly lastLines: readonly string[];
}

/** A server that answers. Disposing it stops it; doing so twice, or after it ended, does no harm. */
export interface RunningNatsServer extends AsyncDisposable {
  /** `nats://<host>:<port>`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, asked or not, and its log was read to the end. Never rejects. */
  readonly exited: Promise<NatsServerExit>;
}

/**
 * Starts a server and waits until it answers. Rejects with {@link NatsServerStartFailed}, or with
 * NatsServerStoreInUse; nothing is left running then.
 */
export async function startNatsServer(options: StartNatsServerOptions): Promise<RunningNatsServer> {
  const { report, startLimitMs = 30_000, stopLimitMs = 10_000 } = options;
  const files = storeFiles(options.storeDirectory);
  await using unwind = new AsyncDisposableStack();
  await makeFolders(files);
  const claim = await claimStore(files.storeDirectory, files.configuration, report);
  unwind.defer(() => claim.release());
  const text = renderConfiguration(options.configuration ?? {}, files);
  await writeFile(files.configuration, text, { mode: 0o600 });
  await writeFile(files.log, "", { flag: "a", mode: 0o600 });
  const tail = unwind.use(await followLog(files.log, (line) => report(parseLogLine(line))));
  const child = spawnServer(options.binary, files);
  if (child.pid !== undefined) claim.record(child.pid);
  const ended = untilEnded(child);
  const port = await untilReadyOrEnded(child, ended, { files, startLimitMs }).catch(
    async (thrown: unknown) => {
      child.kill("SIGKILL");
      await ended;
      await tail.drain();
      throw startFailure(thrown, tail.lastLines);
    },
  );
  const held = unwind.move();
  const exited = ended.then(async ({ code, signal }) => {
    await held.disposeAsync();
    return { code, signal, lastLines: tail.lastLines };
  });
  const { pid = 0 } = child;
  const url = `nats://${options.configuration?.host ?? loopback}:${port}`;
  return { url, port, pid, exited, [Symbol.asyncDispose]: () => stop(child, exited, stopLimitMs) };
}

interface StoreFiles {
  readonly storeDirectory: string;
  readonly configuration: string;
  readonly log: string;
  readonly portsDirectory: string;
}

function storeFiles(directory: string): StoreFiles {
  // Absolute: a leftover is known by this path on its command line, from wherever it was started.
  const storeDirectory = resolve(directory);
  const at = (name: string) => join(storeDirectory, name);
  return {
    storeDirectory,
    configuration: at("nats-server.conf"),
    log: at("nats-server.log"),
    portsDirectory: at("ports"),
  };
}

async function makeFolders({ storeDirectory, portsDirectory }: StoreFiles): Promise<void> {
  try {
    await mkdir(storeDirectory, { recursive: true, mode: 0o700 });
    await mkdir(portsDirectory, { recursive: true });
  } catch (thrown) {
    throw startFailure(thrown, []);
  }
}

function spawnServer(binary: string, files: StoreFiles): ChildProcess {
  const log = openSync(files.log, "a");
  try {
    return spawn(binary, ["-c", files.configuration], {
      cwd: files.storeDirectory,
      env: { ...collection(), ...process.env },
      detached: true,
      stdio: ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
}

/**
 * When Go's garbage collector runs. A broker of waiting requests has a small heap that turns over quickly: at
 * Go's default, collecting took a third of its processor time under load. The memory limit brings the collector
 * forward once the heap is large.
 */
function collection(): NodeJS.ProcessEnv {
  return { GOGC: "400", GOMEMLIMIT: String(Math.floor(totalmem() / 4)) };
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The binary could not be run at all. */
  readonly failure?: Error;
}

function untilEnded(child: ChildProcess): Promise<Ended> {
  const ended = Promise.withResolvers<Ended>();
  child.on("error", (failure) => {
    // Also raised when a signal cannot be sent: then the process goes on and its exit counts.
    if (child.pid === undefined) ended.resolve({ code: null, signal: null, failure });
  });
  child.on("exit", (code, signal) => ended.resolve({ code, signal }));
  return ended.promise;
}

async function untilReadyOrEnded(
  child: ChildProcess,
  ended: Promise<Ended>,
  { files, startLimitMs }: { files: StoreFiles; startLimitMs: number },
): Promise<number> {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), startLimitMs);
  const endedEarly = ended.then(({ failure }) => {
    throw failure ?? new EndedEarly();
  });
  try {
    const ready = untilReady(files.portsDirectory, child.pid ?? 0, waiting.signal);
    return await Promise.race([ready, endedEarly]);
  } finally {
    clearTimeout(timer);
    waiting.abort();
  }
}

class EndedEarly extends Error {}

function startFailure(thrown: unknown, lastLines: readonly string[]): NatsServerStartFailed {
  if (thrown instanceof EndedEarly) {
    const { what, remedy } = diagnose(lastLines);
    return new NatsServerStartFailed(what, { lastLines, remedy });
  }
  if (thrown instanceof Error && thrown.name === "AbortError") {
    return new NatsServerStartFailed("it did not answer in time", {
      lastLines,
      remedy: "See its last lines; a large store on a slow disk may need a longer start limit.",
    });
  }
  const { what, remedy } = diagnose([describeError(thrown)]);
  return new NatsServerStartFailed(`${what} (${describeError(thrown)})`, {
    lastLines,
    remedy,
    cause: thrown,
  });
}

async function stop(
  child: ChildProcess,
  exited: Promise<NatsServerExit>,
  stopLimitMs: number,
): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopLimitMs);
  await exited;
  clearTimeout(timer);
}
