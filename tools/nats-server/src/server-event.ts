// What a running nats-server tells those who started it, and how its log lines are read.

/** How grave a log line is; lines in no known form (a Go panic, a usage error) count as errors. */
export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug";

/** What happens to a server: for a log. */
export type NatsServerEvent =
  | { readonly kind: "log"; readonly level: LogLevel; readonly text: string }
  /** A server that a former run left behind on this store directory was ended. */
  | { readonly kind: "leftover"; readonly pid: number };

/** Takes events of the server. Called synchronously; must not throw. */
export type ReportServer = (event: NatsServerEvent) => void;

const levels: Partial<Record<string, LogLevel>> = {
  FTL: "fatal",
  ERR: "error",
  WRN: "warn",
  INF: "info",
  DBG: "debug",
  TRC: "debug",
};

/** Reads a line of the form `[pid] date time [INF] text`. */
export function parseLogLine(line: string): Extract<NatsServerEvent, { kind: "log" }> {
  const parts = /^\[\d+\] \S+ \S+ \[(\w{3})\] (.*)$/.exec(line);
  const level = levels[parts?.[1] ?? ""];
  if (level === undefined) return { kind: "log", level: "error", text: line };
  return { kind: "log", level, text: parts?.[2] ?? "" };
}
