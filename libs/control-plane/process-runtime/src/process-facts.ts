// What /proc tells of one process.

/** The part of a line of `/proc/PID/stat` that matters here. */
export interface ProcessFacts {
  readonly ended: boolean;
  /** By a signal. */
  readonly stopped: boolean;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Processor time of itself and of the children that it waited for, clock ticks. */
  readonly cpuTicks: number;
  /** Clock ticks since the machine started. */
  readonly startTicks: number;
}

/** Reads the line; undefined when it is none. */
export function parseProcessFacts(text: string): ProcessFacts | undefined {
  // Field 2 is the command in parentheses and may hold anything: count from behind it, from field 3 on.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 20) return undefined;
  const [state, parent, group, session] = fields;
  return {
    ended: state === "Z" || state === "X",
    stopped: state === "T",
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    cpuTicks: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0),
    startTicks: Number(fields[19]),
  };
}
