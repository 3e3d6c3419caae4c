// Was it memory that ended a worker? Two cases leave a trace. V8 at its heap limit says so on standard
// error and aborts. The kernel at the machine's or container's limit sends SIGKILL and counts it; such a
// kill is taken for the worker's when nobody here sent one and the count went up since it was last read.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** How a worker ended, as far as it tells about memory. */
export interface EndFacts {
  readonly signal: string | null;
  /** The runtime itself sent SIGKILL. */
  readonly killed: boolean;
  /** V8's last words were seen on standard error. */
  readonly heapExhausted: boolean;
}

/** Keeps the kernel's count of processes that it ended for want of memory. */
export class OutOfMemoryCount {
  #count: number | undefined;

  /** Reads the count without holding up the caller: at a start, so that older kills do not matter. */
  async refresh(): Promise<void> {
    this.#count = parse(await readFile("/proc/vmstat", "latin1").catch(() => ""));
  }

  /** Tells whether memory ended a worker. */
  ended({ signal, killed, heapExhausted }: EndFacts): boolean {
    if (heapExhausted) return signal === "SIGABRT" || signal === "SIGTRAP";
    if (signal !== "SIGKILL" || killed) return false;
    const before = this.#count;
    this.#count = readNow();
    return before !== undefined && this.#count !== undefined && this.#count > before;
  }
}

function readNow(): number | undefined {
  try {
    return parse(readFileSync("/proc/vmstat", "latin1"));
  } catch {
    return undefined;
  }
}

function parse(vmstat: string): number | undefined {
  const count = /^oom_kill (\d+)$/m.exec(vmstat)?.[1];
  return count === undefined ? undefined : Number(count);
}
