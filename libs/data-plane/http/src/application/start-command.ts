// Starts an unmodified command that serves HTTP on a port, and waits until it does.
//
//   spawn failed                  APPLICATION_COMMAND_NOT_FOUND or _FAILED
//   ended before it listened      APPLICATION_COMMAND_EXITED, with code or signal
//   accepts on the port           running
//   the limit passed              APPLICATION_NOT_LISTENING, with the ports that it does listen on
//   the start was called off      APPLICATION_START_CANCELLED
//
// Whatever ends the start before it is running, ends the command as well.

import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { ApplicationHost } from "@penstock/request-queue";
import { ChildGroup } from "./child-group.ts";
import type { CommandExit } from "./child-group.ts";
import { commandEnvironment, fillPlaceholders } from "./command-placeholders.ts";
import type { CommandPlace } from "./command-placeholders.ts";
import { ApplicationError } from "./errors.ts";
import { hostPort } from "./forwarding-host.ts";
import { listeningPorts } from "./listening-ports.ts";
import { acceptingAddress, freeLoopbackPort, untilAccepting } from "./loopback-port.ts";

/** What is started, and how long it may take. */
export interface CommandOptions {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly directory: string;
  /**
   * The command's environment. Nothing of this process's environment is added but PATH, so that no
   * credential of the worker gets there by accident.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly pool: string;
  readonly worker: string;
  /** The port that the command serves on; without it, a free one is chosen. */
  readonly port?: number;
  readonly startupTimeLimitMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly shutdownTimeLimitMs: number;
  /** Told where the command listens, if anywhere, when most of its time to start is over. */
  readonly report?: (line: string) => void;
  /** Calls the start off. */
  readonly signal?: AbortSignal;
}

/** A command that accepts connections. Disposing it ends it: SIGTERM first, SIGKILL after the limit. */
export interface RunningCommand extends AsyncDisposable {
  readonly host: ApplicationHost;
  readonly pid: number;
  readonly port: number;
  /** Settles when the command ends, whoever ended it. */
  readonly exited: Promise<CommandExit>;
}

/** The part of its time to start after which a command that does not listen is reported. */
const lateFraction = 0.8;

/** Starts the command. Throws an {@link ApplicationError} when it does not come to accept connections. */
export async function startCommand(options: CommandOptions): Promise<RunningCommand> {
  const port = await chosenPort(options.port);
  const place: CommandPlace = { port, pool: options.pool, worker: options.worker };
  const group = await spawnCommand(options, place);
  let address: string;
  try {
    address = await listeningAddress(group, options, port);
  } catch (failure) {
    await group.stop(0);
    throw failure;
  }
  const host = hostPort({ port, address });
  return {
    host,
    pid: group.pid,
    port,
    exited: group.exited,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await group.stop(options.shutdownTimeLimitMs);
    },
  };
}

async function chosenPort(fixed: number | undefined): Promise<number> {
  if (fixed === undefined) return freeLoopbackPort();
  if ((await acceptingAddress(fixed)) === undefined) return fixed;
  throw new ApplicationError(
    "APPLICATION_PORT_TAKEN",
    `port ${fixed} is taken: something accepts connections on it already`,
    { remedy: "Give the command no fixed port, and let it listen on $PORT." },
  );
}

async function spawnCommand(options: CommandOptions, place: CommandPlace): Promise<ChildGroup> {
  const [program, ...rest] = options.command.map((text) => fillPlaceholders(text, place));
  const { directory } = options;
  const told = options.command.join(" ");
  if (!existsSync(directory)) {
    const message = `cannot run ${told}: the directory ${directory} does not exist`;
    throw new ApplicationError("APPLICATION_COMMAND_NOT_FOUND", message);
  }
  const inherited = process.env["PATH"] === undefined ? {} : { PATH: process.env["PATH"] };
  const environment = commandEnvironment({ ...inherited, ...options.environment }, place);
  try {
    return await ChildGroup.spawn({
      program: program ?? "",
      arguments: rest,
      directory,
      environment,
    });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      const message = `cannot run ${told} in ${directory}: ${program} was not found`;
      throw new ApplicationError("APPLICATION_COMMAND_NOT_FOUND", message, { cause });
    }
    const message = `cannot run ${told} in ${directory}: ${code ?? String(cause)}`;
    throw new ApplicationError("APPLICATION_COMMAND_FAILED", message, { cause });
  }
}

/** The address on which the command accepts connections. */
function listeningAddress(
  group: ChildGroup,
  options: CommandOptions,
  port: number,
): Promise<string> {
  const told = options.command.join(" ");
  let exit: CommandExit | undefined;
  void group.exited.then((ended) => (exit = ended));
  const begun = performance.now();
  const { startupTimeLimitMs } = options;
  let { report } = options;
  return untilAccepting(port, async (pause) => {
    if (exit !== undefined) throw exitedEarly(told, exit, port);
    if (options.signal?.aborted === true) {
      const message = `the start of ${told} was called off`;
      throw new ApplicationError("APPLICATION_START_CANCELLED", message);
    }
    const elapsed = performance.now() - begun;
    if (elapsed >= startupTimeLimitMs) throw await neverListened(told, group, port, elapsed);
    if (report && elapsed >= startupTimeLimitMs * lateFraction) {
      report((await neverListened(told, group, port, elapsed)).message);
      report = undefined;
    }
    await Promise.race([group.exited, delay(pause)]);
  });
}

function exitedEarly(told: string, exit: CommandExit, port: number): ApplicationError {
  const how = exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;
  return new ApplicationError(
    "APPLICATION_COMMAND_EXITED",
    `${told} ended ${how} before it listened on $PORT ${port}`,
  );
}

async function neverListened(
  told: string,
  group: ChildGroup,
  port: number,
  elapsedMs: number,
): Promise<ApplicationError> {
  const found = await listeningPorts(group.pid);
  const where =
    found.length === 0
      ? `it listens on no port, and should on $PORT ${port}`
      : `it listens on ${found.join(", ")}, not on $PORT ${port}`;
  return new ApplicationError(
    "APPLICATION_NOT_LISTENING",
    `${told} did not accept connections within ${Math.round(elapsedMs / 100) / 10} s: ${where}`,
    { remedy: "Make the command listen on the port in $PORT, or put ${PORT} into its arguments." },
  );
}
