// The output of one worker: its two files, and a note of how far they were told. The note is 16 bytes,
// written over after each turn, so that after a kill of the controller the next one tells what came
// meanwhile and (but for the last turn) nothing twice.

import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import type { OutputStream } from "@penstock/activation";
import { OutputTail } from "./output-tail.ts";
import type { OutputDescriptors, WorkerFiles } from "./worker-files.ts";

const noteBytes = 16;

/** Tells one line of one stream. */
export type TellLine = (stream: OutputStream, line: string) => void;

/** Opens a worker's output where it was told last. Takes the descriptors over, unless it throws. */
export function openWorkerOutput(
  files: WorkerFiles,
  descriptors: OutputDescriptors,
  tell: TellLine,
): WorkerOutput {
  const note = openSync(files.told, constants.O_RDWR | constants.O_CREAT, 0o600);
  const told = new Float64Array(2);
  readSync(note, told, 0, noteBytes, 0);
  const tail = (stream: OutputStream, position = 0) => {
    const fd = descriptors[stream];
    // A note that was written before the file was emptied points behind its end.
    const known = Number.isSafeInteger(position) && position <= fstatSync(fd).size;
    const file = { fd, path: files[stream], position: known ? position : 0 };
    return new OutputTail(file, (line) => tell(stream, line));
  };
  return new WorkerOutput(note, tail("stdout", told[0]), tail("stderr", told[1]));
}

/** Follows what one worker writes, until it is closed. */
export class WorkerOutput {
  readonly #note: number;
  readonly #tails: readonly OutputTail[];
  #open = true;

  constructor(note: number, stdout: OutputTail, stderr: OutputTail) {
    this.#note = note;
    this.#tails = [stdout, stderr];
  }

  /** Tells lines as they come. */
  follow(): void {
    for (const tail of this.#tails) tail.follow(() => this.#writeNote());
  }

  /** Looks for news where the files cannot be watched. Cheap when there are none. */
  wake(): void {
    for (const tail of this.#tails) tail.wake();
  }

  /**
   * The worker is gone: tells the rest, closes the output, then calls `over`. All of that in this very
   * turn, unless a great deal is left.
   */
  finish(over: () => void): void {
    if (!this.#open) return;
    const atEnd = this.#tails.map((tail) => tail.readTurn());
    if (atEnd.includes(false)) {
      setImmediate(() => this.finish(over));
      return;
    }
    for (const tail of this.#tails) tail.end();
    this.close();
    over();
  }

  /** Stops telling; a `finish` under way stops too. Calling it twice does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const tail of this.#tails) tail.close();
    closeSync(this.#note);
  }

  #writeNote(): void {
    const told = Float64Array.from(this.#tails, (tail) => tail.toldBytes);
    writeSync(this.#note, told, 0, noteBytes, 0);
  }
}
