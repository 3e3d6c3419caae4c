// The official release, for machines that reach the internet: an archive for this platform and the list
// of checksums beside it. Without a route there the attempt ends within seconds, so that the next place
// gets its turn.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeError } from "@penstock/foundation";
import { fetchIntoCache } from "./cache.ts";
import type { Look, ReportFind } from "./place.ts";
import { testedVersion } from "./version.ts";

// Where the project publishes its releases; a folder per version below it.
const releasesUrl = "https://github.com/nats-io/nats-server/releases/download";

// The list is 2 KB and comes first: it is what notices, and fast, that there is no route.
const checksumsLimitMs = 5_000;
// The archive has 6 MB: a minute means 100 KB/s, below that nobody waits for it.
const archiveLimitMs = 60_000;

const platforms: Partial<Record<string, string>> = {
  "linux x64": "linux-amd64",
  "linux arm64": "linux-arm64",
  "darwin x64": "darwin-amd64",
  "darwin arm64": "darwin-arm64",
};

/** What the release place needs to know. */
export interface ReleaseOptions {
  readonly cacheDirectory: string;
  readonly report: ReportFind;
  /** Another address with the same layout: a mirror, or a test's server. */
  readonly url?: string;
  readonly platform?: string;
}

/** Downloads the tested version, verifies its checksum and keeps it in the cache. */
export async function lookInRelease(options: ReleaseOptions): Promise<Look> {
  const system = options.platform ?? `${process.platform} ${process.arch}`;
  const platform = platforms[system];
  if (platform === undefined) return { kind: "nothing", reason: `none is published for ${system}` };
  const name = `nats-server-v${testedVersion}-${platform}`;
  const folderUrl = `${options.url ?? releasesUrl}/v${testedVersion}`;
  options.report({ kind: "fetching", source: "release", what: `${name}.tar.gz` });
  try {
    const sums = await download(`${folderUrl}/SHA256SUMS`, checksumsLimitMs);
    const expected = checksumOf(`${name}.tar.gz`, sums.toString("utf8"));
    if (expected === undefined) {
      return { kind: "nothing", reason: `SHA256SUMS does not list ${name}.tar.gz` };
    }
    const archive = await download(`${folderUrl}/${name}.tar.gz`, archiveLimitMs);
    if (createHash("sha256").update(archive).digest("hex") !== expected) {
      return { kind: "nothing", reason: `the checksum of ${name}.tar.gz is wrong; it was dropped` };
    }
    return await fetchIntoCache(options.cacheDirectory, (folder) => unpack(archive, folder, name));
  } catch (thrown) {
    return { kind: "nothing", reason: `download failed (${describeDownloadError(thrown)})` };
  }
}

/** The checksum that a SHA256SUMS list gives for a file; undefined when it gives none. */
export function checksumOf(file: string, sums: string): string | undefined {
  for (const line of sums.split("\n")) {
    const [checksum, listed] = line.trim().split(/\s+\*?/);
    if (listed === file && checksum !== undefined) return checksum.toLowerCase();
  }
  return undefined;
}

async function download(url: string, limitMs: number): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

async function unpack(archive: Buffer, folder: string, name: string): Promise<string> {
  const file = join(folder, "archive.tar.gz");
  await writeFile(file, archive);
  await promisify(execFile)("tar", ["-xzf", file, "-C", folder, `${name}/nats-server`]);
  return join(folder, name, "nats-server");
}

// fetch says only "fetch failed": what failed is in the cause, whose message may be empty, then its code tells.
function describeDownloadError(thrown: unknown): string {
  const cause: unknown = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "no answer";
  return describeError(cause) || code;
}
