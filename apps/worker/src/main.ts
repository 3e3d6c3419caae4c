// The worker host's process. Its start is what the first request of a pool at zero waits for, so it loads
// as little as it can, and the application starts while the connection to the broker is made. Or it was started
// before it was needed: then it has loaded all that and waits for its settings.
//
//   start  1 settings (standard input)  2 application, warmed up, and broker, at the same time  3 receive
//   stop   3 drain, within shutdownTimeLimit  2 application  2 broker

import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { describeError, ServiceError, systemClock } from "@penstock/foundation";
import { warmUp } from "@penstock/worker";
import { hostApplication } from "./host-application.ts";
import { openQueue } from "./open-queue.ts";
import { parseWorkerSettings } from "./worker-settings.ts";

const STANDARD_INPUT = 0;

/** What closing tunnels may take of the time that a stop has, milliseconds. */
const CLOSING_MS = 3000;

/** What the worker says goes to its output, which the controller logs under its name. */
const say = (line: string): void => void process.stderr.write(`penstock: ${line}\n`);

async function main(): Promise<number> {
  const { text, waitedMs } = readDocument();
  const settings = parseWorkerSettings(text);
  if (!settings) return 0;
  Object.assign(process.env, settings.secrets);
  // An image says where its program stands; the application has a place of its own.
  if (settings.application.kind !== "image") enter(settings.directory);
  await using stack = new AsyncDisposableStack();
  const stop = Promise.withResolvers<string>();
  process.on("SIGTERM", () => stop.resolve(""));
  process.on("SIGINT", () => stop.resolve(""));

  const host = { startedAt: waitedMs, report: say };
  const hosting = hostApplication(settings, host).then(async (application) => {
    void application.ended.then((why) => stop.resolve(why));
    await warmUp(application.host, { paths: settings.warmUp, clock: systemClock, say });
    return application;
  });
  const starting = Promise.all([openQueue(settings, say), hosting]);
  const started = await Promise.race([starting, stop.promise]);
  // Nothing was taken: there is nothing to finish.
  if (typeof started === "string") return left(started);
  const [queue, application] = started;
  stack.use(queue);
  stack.use(application);
  const session = queue.receive(application.host);
  flushCompileCache();

  void queue.abandoned.then((why) => stop.resolve(why));
  const why = await stop.promise;
  if (why !== "") return left(why);
  const limit = setTimeout(() => {
    say(`${session.running} requests were still running after shutdownTimeLimit`);
    process.exit(1);
  }, settings.shutdownTimeLimitMs);
  const hangUp = setTimeout(() => session.hangUp(), hangUpAfter(settings.shutdownTimeLimitMs));
  await session.drain();
  clearTimeout(limit);
  clearTimeout(hangUp);
  return 0;
}

/** The exit code of a worker that goes at once: `why` is "" when it was told to. */
function left(why: string): number {
  if (why === "") return 0;
  say(why);
  return 1;
}

/** Time enough before the limit for the end of each tunnel to be said and heard. */
function hangUpAfter(limitMs: number): number {
  return Math.max(limitMs / 2, limitMs - CLOSING_MS);
}

/** The document may be long in coming: a container is started before its worker is needed. */
function readDocument(): { readonly text: string; readonly waitedMs: number } {
  const before = performance.now();
  const text = readFileSync(STANDARD_INPUT, "utf8");
  return { text, waitedMs: performance.now() - before };
}

function enter(directory: string): void {
  try {
    process.chdir(directory);
  } catch (cause) {
    throw new ServiceError(
      `the directory ${directory} cannot be entered: ${describeError(cause)}`,
      {
        code: "WORKER_DIRECTORY_UNUSABLE",
        remedy: "In a container, whoever the worker runs as has to be allowed to read it.",
        cause,
      },
    );
  }
}

try {
  process.exitCode = await main();
} catch (thrown) {
  say(
    thrown instanceof ServiceError
      ? thrown.message
      : String(thrown instanceof Error ? thrown.stack : thrown),
  );
  if (thrown instanceof ServiceError && thrown.remedy !== undefined) say(thrown.remedy);
  process.exitCode = 1;
}
process.exit();
