// The log of a process: JSON lines on standard output, for people when they look at a terminal. Parts
// of Penstock do not call it in passing; each has an `x-events.ts` with one method per thing that can
// happen, and that method writes one line here. Core never logs, it returns facts.

import { createRequire } from "node:module";
import { isatty } from "node:tty";

import { pino } from "pino";
import type PinoPretty from "pino-pretty";

import { openStandardOutput, type LogDestination } from "./log-destination.ts";
import { presentFacts } from "./log-facts.ts";
import type { LogLevel } from "./log-level.ts";

/** What a line says. */
export interface EventFacts {
  /** Stable name of what happened, `queue.full`: people filter and alert on it. */
  readonly event: string;
  /** Further facts. Credentials are masked by their name; an error belongs under `err`. */
  readonly [fact: string]: unknown;
}

/** Writes one line: facts for machines, a sentence for people. */
export type WriteEvent = (facts: EventFacts, sentence?: string) => void;

/** A log. Lines below its level cost next to nothing; where the facts are costly, ask {@link Log.isLevelEnabled} first. */
export interface Log extends Readonly<Record<LogLevel, WriteEvent>> {
  /** A log whose every line carries these facts too. */
  child(facts: Readonly<Record<string, unknown>>): Log;
  isLevelEnabled(level: LogLevel): boolean;
  /** Writes what waits before it returns. Happens by itself at the end of each turn and at exit. */
  flush(): void;
}

/** How a log is made. */
export interface LogOptions {
  /** Which process speaks: `listener`, `controller`, `worker`. Stands on every line. */
  readonly component: string;
  /** Least level that is written. */
  readonly level: LogLevel;
  /** Lines for people. Defaults to whether standard output is a terminal. */
  readonly pretty?: boolean;
  /** Told of every line that is written, for `penstock_log_events_total`. */
  readonly counted?: (level: LogLevel) => void;
  /** Defaults to standard output. */
  readonly destination?: LogDestination;
}

/** The log of this process. Make one and hand it on; `child` for its parts. */
export function createLog(options: LogOptions): Log {
  const { counted, destination = openStandardOutput() } = options;
  const pretty = options.pretty ?? isatty(1);
  const log = pino(
    {
      level: options.level,
      base: { component: options.component },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        bindings: presentFacts,
        log: presentFacts,
      },
      // Errors are already spelt out by then, under whatever name they came.
      serializers: { err: (shown: unknown) => shown },
      ...(counted && {
        hooks: {
          logMethod(line, write, level) {
            counted(pino.levels.labels[level] as LogLevel);
            write.apply(this, line);
          },
        },
      }),
    },
    pretty ? prettyLines(destination) : destination,
  );
  // pino presents the facts of a line, but not those of a child.
  const { child } = Object.getPrototypeOf(log) as { child: (this: Log, facts: object) => Log };
  const presentingLog: Log = Object.assign(log, {
    child(this: Log, facts: object) {
      return child.call(this, presentFacts(facts));
    },
  });
  return presentingLog;
}

/** pino-pretty is loaded for a terminal only: a worker's start is too short to pay for it. */
function prettyLines(destination: LogDestination): LogDestination {
  const { prettyFactory } = createRequire(import.meta.url)("pino-pretty") as typeof PinoPretty;
  const format = prettyFactory({
    colorize: isatty(1) && process.stdout.hasColors(),
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "component,event",
    messageFormat: "{component} {event} {msg}",
    singleLine: true,
  });
  return {
    write: (line) => destination.write(format(line)),
    flush: () => destination.flush(),
  };
}
