// A real client against a real application: git clones from, pushes to and fetches from `git http-backend`, in
// the worker's own process and behind a port. Its requests are of all kinds that it knows: with a length, in
// chunks, and compressed.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));

/** Beyond http.postBuffer, so that the push goes in chunks, and beyond a message of the queue. */
const LARGE = 3_000_000;

/** So many wants make a request that git compresses: of 1,024 bytes at least. */
const BRANCHES = 40;

const run = promisify(execFile);

const pools = ({ url, application, folder }: Place) => {
  const environment = { REPOSITORIES: folder };
  return {
    module: { urls: [url("/module/")], module: application("git-backend"), environment },
    command: {
      urls: [url("/command/")],
      command: [process.execPath, SERVE, "git-backend"],
      environment,
    },
  };
};

test("git clones, pushes and fetches through Penstock", async (context) => {
  await withPenstock(pools, async ({ origin, place }) => {
    for (const pool of ["module", "command"]) {
      await context.test(pool, async () => {
        const folder = join(place.folder, pool);
        await mkdir(folder);
        await git(place.folder, "init", "--quiet", "--bare", `${pool}.git`);
        await converse(folder, `${origin}/${pool}/${pool}.git`);
        await git(join(place.folder, `${pool}.git`), "fsck", "--full", "--strict");
      });
    }
  });
});

/** One pushes, another clones, and each gets what the other pushes later. */
async function converse(folder: string, url: string): Promise<void> {
  const [one, other] = [join(folder, "one"), join(folder, "other")];
  await git(folder, "clone", "--quiet", url, "one");
  const large = randomBytes(LARGE);
  await commit(one, "large.bin", large);
  const pushed = await git(one, "-c", "http.postBuffer=65536", "push", "origin", "HEAD:main");
  assert.match(pushed, /=> Send header: Transfer-Encoding: chunked/i);
  await branchOut(one);
  await git(one, "push", "origin", "--all");

  await git(folder, "clone", "--quiet", "--branch", "main", url, "other");
  assert(large.equals(await readFile(join(other, "large.bin"))), "the file is the same");
  await git(other, "checkout", "--quiet", "branch-7");
  assert.equal(await readFile(join(other, "counter"), "utf8"), "7");

  await commit(other, "answer", "from the other");
  await git(other, "push", "origin", "HEAD:refs/heads/answered");
  await git(one, "fetch", "origin");
  assert.equal(await git(one, "show", "origin/answered:answer"), "from the other");

  const wants = await git(folder, "clone", "--quiet", "--mirror", url, "mirror");
  assert.match(wants, /=> Send header: Content-Encoding: gzip/i);
  assert.equal((await git(join(folder, "mirror"), "branch")).split("\n").length - 1, BRANCHES + 3);
}

/** A branch with a commit of its own, many times, from one process. */
async function branchOut(directory: string): Promise<void> {
  const commits = Array.from(
    { length: BRANCHES },
    (_, n) => `commit refs/heads/branch-${n}
committer One <one@example> ${n} +0000
data 6
branch
M 644 inline counter
data ${String(n).length}
${n}
`,
  );
  const importing = run("git", ["fast-import", "--quiet"], { cwd: directory });
  importing.child.stdin?.end(commits.join(""));
  await importing;
}

async function commit(directory: string, file: string, content: Buffer | string): Promise<void> {
  await writeFile(join(directory, file), content);
  await git(directory, "add", file);
  await git(directory, "commit", "--quiet", "--message", `${file} changes`);
}

/** Runs git with nothing of this user's configuration; what it says, and what it sent and got. */
async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run("git", ["-c", "gc.auto=0", ...args], {
    cwd: directory,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env["PATH"],
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_TERMINAL_PROMPT: "0",
      GIT_TRACE_CURL: "1",
      GIT_TRACE_CURL_NO_DATA: "1",
      GIT_AUTHOR_NAME: "One",
      GIT_AUTHOR_EMAIL: "one@example",
      GIT_COMMITTER_NAME: "One",
      GIT_COMMITTER_EMAIL: "one@example",
    },
  });
  return stdout + stderr;
}
