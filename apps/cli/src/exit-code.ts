// Exit codes of every command. Scripts rely on them.

export const exitCode = {
  ok: 0,
  failed: 1,
  /** Usage, or an invalid configuration. */
  usage: 2,
  /** The admin API cannot be reached. */
  unreachable: 3,
  notFound: 4,
  conflict: 5,
  timedOut: 6,
  unhealthy: 7,
} as const;
