// Follows one output file of a worker. The worker writes to a file and not to a pipe: a pipe would break,
// and the worker with it, when the controller dies. Reads are synchronous, a few microseconds each from
// the page cache, so that an exit can be told in the same turn in which the last line is.

import { closeSync, ftruncateSync, readSync, watch, type FSWatcher } from "node:fs";
import { OutputLines } from "@penstock/activation";

// A turn of the event loop reads at most this much of one file: a worker that prints without end must
// not keep the controller from its other work.
const turnBytesMax = 1024 * 1024;

// What was read is of no more use: above this the file is emptied. Lines that the worker writes in the
// microseconds between the last read and that are lost.
const keepBytesMax = 8 * 1024 * 1024;

// Shared by all files: what is read is taken before the next read.
const block = Buffer.allocUnsafeSlow(64 * 1024);

/** Follows a file that someone else appends to. */
export class OutputTail {
  readonly #fd: number;
  readonly #path: string;
  readonly #lines: OutputLines;
  #position: number;
  #onRead: (() => void) | undefined;
  #watcher: FSWatcher | undefined;
  #turn: NodeJS.Immediate | undefined;
  #open = true;

  /** Takes over `fd`, open for reading and writing. */
  constructor(
    file: { readonly fd: number; readonly path: string; readonly position: number },
    tell: (line: string) => void,
  ) {
    this.#fd = file.fd;
    this.#path = file.path;
    this.#position = file.position;
    this.#lines = new OutputLines(tell);
  }

  /** Where a successor goes on: behind the last line that was told. */
  get toldBytes(): number {
    // Below zero when the file was emptied while a line was unfinished.
    return Math.max(0, this.#position - this.#lines.pendingBytes);
  }

  /**
   * Reads on whenever the file changes; where it cannot be watched, {@link wake} has to be called.
   * `onRead` is called after each turn that read something.
   */
  follow(onRead: () => void): void {
    this.#onRead = onRead;
    try {
      this.#watcher = watch(this.#path, () => this.wake());
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      // No watches left on this machine, or none on this file system.
    }
    this.wake();
  }

  /** Reads on in the next turn of the event loop. Cheap: many calls make one read. */
  wake(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      if (this.#open && !this.readTurn()) this.wake();
    });
  }

  /** Reads as far as one turn may. Returns true when it came to the end of the file. */
  readTurn(): boolean {
    let taken = 0;
    let atEnd = false;
    while (!atEnd && taken < turnBytesMax) {
      const length = readSync(this.#fd, block, 0, block.length, this.#position);
      this.#position += length;
      taken += length;
      atEnd = length < block.length;
      if (length > 0) this.#lines.push(block.subarray(0, length));
    }
    if (atEnd && this.#position > keepBytesMax) this.#empty();
    if (taken > 0) this.#onRead?.();
    return atEnd;
  }

  /** Nobody writes any more: tells an unfinished last line. Call it at the end of the file. */
  end(): void {
    this.#lines.end();
  }

  /** Stops following. Calling it twice does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#watcher?.close();
    if (this.#turn) clearImmediate(this.#turn);
    closeSync(this.#fd);
  }

  // An unfinished line is kept in memory alone from here on; a successor would miss its beginning.
  #empty(): void {
    ftruncateSync(this.#fd, 0);
    this.#position = 0;
  }
}
