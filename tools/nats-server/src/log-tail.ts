// Follows the log file of a server. The server writes to a file and not to a pipe, so that it outlives
// its starter: writing to a pipe that nobody reads would end it (SIGPIPE). Nothing hurries here, so the
// file is polled; who needs the last lines calls `drain` first.

import { type FileHandle, open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";

const pollMs = 200;
// A log is for people: what is older than this is dropped once it was passed on.
const keepMaxBytes = 8 * 1024 * 1024;
const lastLinesMax = 20;
const blockBytes = 64 * 1024;

/** A log file being followed. */
export interface LogTail extends AsyncDisposable {
  /** The newest lines that were passed on, oldest first; at most 20. */
  readonly lastLines: readonly string[];
  /** Reads what is in the file now and passes it on. */
  drain(): Promise<void>;
}

/** Follows a file from its present end on. It must exist and be written in append mode. */
export async function followLog(path: string, onLine: (line: string) => void): Promise<LogTail> {
  const file = await open(path, "r+");
  const reader = new LineReader(file, (await file.stat()).size, onLine);
  const timer = setInterval(() => void reader.drain(), pollMs);
  timer.unref();
  return {
    lastLines: reader.lastLines,
    drain: () => reader.drain(),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reader.drain();
      await file.close();
    },
  };
}

class LineReader {
  readonly lastLines: string[] = [];
  readonly #file: FileHandle;
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  readonly #block = Buffer.alloc(blockBytes);
  #position: number;
  #partial = "";
  #turn: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, position: number, onLine: (line: string) => void) {
    this.#file = file;
    this.#position = position;
    this.#onLine = onLine;
  }

  // Turns never overlap: the position belongs to one of them.
  drain(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#read()).catch(() => {});
    return this.#turn;
  }

  async #read(): Promise<void> {
    for (;;) {
      const { bytesRead } = await this.#file.read(this.#block, 0, blockBytes, this.#position);
      if (bytesRead === 0) break;
      this.#position += bytesRead;
      this.#take(this.#decoder.write(this.#block.subarray(0, bytesRead)));
    }
    if (this.#position <= keepMaxBytes) return;
    await this.#file.truncate(0);
    this.#position = 0;
  }

  #take(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    for (const line of lines) {
      if (line.trim() === "") continue;
      this.lastLines.push(line);
      if (this.lastLines.length > lastLinesMax) this.lastLines.shift();
      this.#onLine(line);
    }
  }
}
