// From what a server wrote before it ended to what the reader can do about it. The only place that looks
// at nats-server's words.

interface Remedy {
  readonly sign: RegExp;
  readonly what: string;
  readonly remedy: string;
}

const remedies: readonly Remedy[] = [
  {
    sign: /address already in use/,
    what: "its port is in use",
    remedy: "Stop what listens there, or let the server choose a port itself (port 0).",
  },
  {
    sign: /permission denied|EACCES|EPERM|EROFS|ENOTDIR|read-only file system|could not create storage directory/i,
    what: "its store directory cannot be written",
    remedy: "Give this user the right to write there, or choose another state directory.",
  },
  {
    sign: /no space left on device|ENOSPC/i,
    what: "the disk is full",
    remedy: "Free some space, or choose a state directory on another disk.",
  },
  {
    sign: /unknown field|Parse error|nats-server: .*\.conf:\d+/,
    what: "it refused its configuration",
    remedy: "Correct the extra lines that were given for it.",
  },
  {
    sign: /^spawn .*(?:ENOENT|EACCES|ENOEXEC)/,
    what: "its binary cannot be run",
    remedy: "Have the binary looked for again, or correct PENSTOCK_NATS_SERVER.",
  },
  {
    sign: /too many open files|EMFILE/i,
    what: "it may not open more files",
    remedy: "Raise the limit of open files (ulimit -n).",
  },
];

/** What went wrong and what helps, from the server's last lines. */
export function diagnose(lines: readonly string[]): { what: string; remedy: string } {
  const found = remedies.find(({ sign }) => lines.some((line) => sign.test(line)));
  return found ?? { what: "it ended at once", remedy: "See its last lines." };
}
