// Where keys lie: one file for each bundle of seeds, in a folder for this user alone. A file appears whole
// or not at all, and the first writer wins: two processes that start at once agree on one set of keys.

import { randomBytes } from "node:crypto";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describeError, ServiceError } from "@penstock/foundation";

const SUFFIX = ".json";

/** A folder of secret documents. Synchronous: keys are read at the start and made once. */
export class KeyFolder {
  readonly #directory: string;

  /** Makes the folder when it is not there. Throws ServiceError KEYS_UNREADABLE. */
  constructor(directory: string) {
    this.#directory = directory;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // A folder that was there before may be open to others.
      if ((statSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700);
    } catch (cause) {
      throw unreadable(directory, cause);
    }
  }

  /** The names of all documents. */
  names(): string[] {
    return readdirSync(this.#directory)
      .filter((file) => file.endsWith(SUFFIX) && !file.startsWith("."))
      .map((file) => file.slice(0, -SUFFIX.length));
  }

  /** A document; undefined when there is none. Throws ServiceError KEYS_UNREADABLE. */
  read(name: string): unknown {
    const file = this.#file(name);
    try {
      if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
      return JSON.parse(readFileSync(file, "utf8")) as unknown;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      // A parser's message quotes what it read.
      throw unreadable(file, thrown instanceof SyntaxError ? "it is not JSON" : thrown);
    }
  }

  /** Writes a document that is not there yet. Returns what stands there now: another process may have been first. */
  create(name: string, document: unknown): unknown {
    const draft = this.#draft(document);
    try {
      linkSync(draft, this.#file(name));
      return document;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST")
        throw unreadable(this.#file(name), thrown);
      return this.read(name);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Replaces a document. */
  replace(name: string, document: unknown): void {
    renameSync(this.#draft(document), this.#file(name));
  }

  /** Forgets a document. Without effect when there is none. */
  remove(name: string): void {
    rmSync(this.#file(name), { force: true });
  }

  #draft(document: unknown): string {
    const draft = join(this.#directory, `.${randomBytes(6).toString("hex")}`);
    try {
      writeFileSync(draft, `${JSON.stringify(document, undefined, 2)}\n`, {
        mode: 0o600,
        flag: "wx",
        flush: true,
      });
    } catch (cause) {
      throw unreadable(draft, cause);
    }
    return draft;
  }

  #file(name: string): string {
    return join(this.#directory, name + SUFFIX);
  }
}

function unreadable(path: string, cause: unknown): ServiceError {
  return new ServiceError(`the keys at ${path} cannot be used: ${describeError(cause)}`, {
    code: "KEYS_UNREADABLE",
    remedy: "The state folder must belong to the user who runs Penstock.",
    cause,
  });
}
