// For tests: programs that answer `--version` as some nats-server would, and folders that go away.

import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of its own below the system's temporary one, removed when disposed. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  /** An absolute path in it. */
  at(...names: readonly string[]): string;
}

/** Makes a {@link TemporaryFolder}. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), "penstock-nats-server-"));
  return {
    path,
    at: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** Writes a program that claims to be nats-server of this version. Returns its path. */
export async function writeFakeNatsServer(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  await chmod(path, 0o755);
  return path;
}
