// The application of a pool, made ready: a module in this process, a command beside it, or an image whose
// container shares this one's network.

import type { ApplicationHost } from "@penstock/request-queue";
import type { WorkerSettings } from "./worker-settings.ts";

/** An application that is ready. Disposing it ends it. */
export interface HostedApplication extends AsyncDisposable {
  readonly host: Pick<ApplicationHost, "handle" | "rest">;
  /** Resolves with what to say when the application ended by itself. Never for a module. */
  readonly ended: Promise<string>;
}

/** What is known of the process that hosts. */
export interface HostProcess {
  /** When its worker's start began, on the clock of `performance.now()`. */
  readonly startedAt: number;
  readonly report: (line: string) => void;
}

/** Starts the application and resolves when it can take requests. Rejects with what it said. */
export async function hostApplication(
  settings: WorkerSettings,
  { startedAt, report }: HostProcess,
): Promise<HostedApplication> {
  const { application, directory } = settings;
  if (application.kind === "module") {
    const { hostModule, loadModule } = await import("@penstock/http/module");
    const exported = await loadModule(application.module, directory);
    const host = await hostModule(exported, { name: application.module, report });
    return {
      host,
      ended: new Promise(() => {}),
      [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
    };
  }
  if (application.kind === "image") return await awaitImage(settings, application);
  const { startCommand } = await import("@penstock/http/command");
  const command = await startCommand({
    command: application.command,
    directory,
    environment: ownEnvironment(),
    pool: settings.pool,
    worker: settings.id,
    // The limit runs from the worker's start.
    startupTimeLimitMs: Math.max(0, settings.startupTimeLimitMs - (performance.now() - startedAt)),
    shutdownTimeLimitMs: settings.shutdownTimeLimitMs,
    report,
  });
  return {
    host: command.host,
    ended: command.exited.then(({ code, signal }) => `the command ended (${signal ?? code})`),
    [Symbol.asyncDispose]: () => command[Symbol.asyncDispose](),
  };
}

/** The runtime starts the application's container, and ends this one when that ends. */
async function awaitImage(
  { startupTimeLimitMs }: WorkerSettings,
  { image, port }: { readonly image: string; readonly port: number },
): Promise<HostedApplication> {
  const { awaitPort } = await import("@penstock/http/port");
  const awaited = await awaitPort({ name: image, port, startupTimeLimitMs });
  return {
    host: awaited.host,
    ended: awaited.gone,
    [Symbol.asyncDispose]: () => awaited[Symbol.asyncDispose](),
  };
}

/** The application's environment is this process's own, less what is only for Node as the worker's host. */
function ownEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && name !== "NODE_COMPILE_CACHE") environment[name] = value;
  }
  return environment;
}
