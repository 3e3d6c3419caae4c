// Lines of a log that has one for each request: gathered, written behind the back of whoever logs, and dropped
// when the disk or the pipe does not keep up. Rotation is others' business: they move the file and ask for it to
// be opened again.

import { close, openSync, write, writeSync } from "node:fs";
import { describeError, ServiceError } from "@penstock/foundation";

/** Characters that may wait; a listener must not grow with a disk that stands still. */
const WAITING_MAX = 4 * 1024 * 1024;
/** How long lines are gathered, milliseconds. */
const GATHER_MS = 100;
const standardOutput = 1;

/** What a {@link LineFile} is opened with. */
export interface LineFileOptions {
  /** A path, or `-` for standard output. */
  readonly path: string;
  /** Written at the beginning, and again after each {@link LineFile.reopen}; "" for nothing. */
  readonly heading: string;
  /** Told of each line that was not written. */
  readonly dropped: () => void;
}

/** A log file. Throws at once when it cannot be opened. */
export class LineFile implements Disposable {
  readonly #options: LineFileOptions;
  #descriptor: number;
  #waiting: string;
  #timer: NodeJS.Timeout | undefined;
  #writing: Buffer | undefined;

  constructor(options: LineFileOptions) {
    this.#options = options;
    this.#descriptor = this.#open();
    this.#waiting = options.heading;
  }

  /** Takes a line with its line end. */
  write(line: string): void {
    if (this.#waiting.length + line.length > WAITING_MAX) {
      this.#options.dropped();
      return;
    }
    this.#waiting += line;
    this.#timer ??= setTimeout(() => this.#send(), GATHER_MS).unref();
  }

  /** Goes on in a file that is opened anew: the old one was moved away. */
  reopen(): void {
    if (this.#descriptor === standardOutput) return;
    const before = this.#descriptor;
    try {
      this.#descriptor = this.#open();
    } catch {
      // The old file is better than none.
      return;
    }
    this.#waiting = this.#options.heading + this.#waiting;
    // What is being written ends in the old file.
    if (this.#writing) setTimeout(() => close(before), GATHER_MS).unref();
    else close(before);
  }

  /** Writes what waits. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    try {
      writeSync(this.#descriptor, this.#waiting);
    } catch {
      // Nobody reads it any more, or the disk is full: the process ends all the same.
    }
    this.#waiting = "";
  }

  #open(): number {
    const { path } = this.#options;
    if (path === "-") return standardOutput;
    try {
      return openSync(path, "a", 0o640);
    } catch (cause) {
      throw new ServiceError(`the log ${path} cannot be opened: ${describeError(cause)}`, {
        code: "LOG_NOT_OPENED",
        remedy: "Name a file in a folder that exists and can be written, or - for standard output.",
        cause,
      });
    }
  }

  #send(): void {
    this.#timer = undefined;
    if (this.#writing || this.#waiting === "") return;
    this.#writing = Buffer.from(this.#waiting);
    this.#waiting = "";
    this.#continue(this.#writing);
  }

  #continue(bytes: Buffer): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error && error.code !== "EAGAIN") this.#options.dropped();
      const rest = error && error.code !== "EAGAIN" ? undefined : bytes.subarray(written ?? 0);
      if (rest && rest.length > 0) {
        this.#writing = rest;
        setTimeout(() => this.#continue(rest), error ? GATHER_MS : 0).unref();
        return;
      }
      this.#writing = undefined;
      if (this.#waiting !== "") this.#send();
    });
  }
}
