// Where log lines leave the process: standard output. Lines of one turn of the event loop go out as one
// write at its end, so a busy process pays one system call per turn and not per line. The write is
// synchronous: a process that crashes or exits in the next turn has already said what it had to say.
// (pino's own destination would sync the file to disk at each flush, and cannot lose its reader.)

import { writeSync } from "node:fs";

/** Takes finished lines, each with its line end. */
export interface LogDestination {
  write(line: string): void;
  /** Writes what waits, before it returns. */
  flush(): void;
}

/** By number: touching process.stdout would open a stream over it and make the pipe non-blocking. */
const standardOutput = 1;
/** What a pipe holds by default; a turn that logs more than this writes in between. */
const batchCharacters = 64 * 1024;
/** How long to wait when a pipe is full and was opened non-blocking. */
const fullPipeWaitMs = 5;

/** Standard output. Flushes at the end of each turn and when the process exits. */
export function openStandardOutput(): LogDestination {
  let waiting = "";
  let flushDue = false;
  let readerGone = false;

  const flush = (): void => {
    flushDue = false;
    let rest = Buffer.from(waiting);
    waiting = "";
    while (rest.length > 0 && !readerGone) {
      try {
        rest = rest.subarray(writeSync(standardOutput, rest));
      } catch (error) {
        // When nobody reads the log any more, the process goes on without it: it has requests to serve.
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") readerGone = true;
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fullPipeWaitMs);
      }
    }
  };
  process.once("exit", flush);
  return {
    write(line) {
      if (readerGone) return;
      waiting += line;
      if (waiting.length >= batchCharacters) flush();
      if (flushDue) return;
      flushDue = true;
      setImmediate(flush);
    },
    flush,
  };
}
