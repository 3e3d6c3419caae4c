// The binaries that were fetched before: `<cache>/<version>/nats-server`. Several processes may fetch at
// once, so a binary is made complete in a folder of its own and then renamed into its place: whoever
// looks sees a whole file or none.

import { chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { probeBinary } from "./probe-binary.ts";
import type { Look } from "./place.ts";
import { compareVersions, minimumVersion, parseVersion, testedVersion } from "./version.ts";

/** Where fetched binaries are kept: below XDG_CACHE_HOME, or below `~/.cache`. */
export function natsServerCacheDirectory(environment: NodeJS.ProcessEnv): string {
  const configured = environment["XDG_CACHE_HOME"];
  // The XDG base directory specification: a relative path is to be ignored.
  const base = configured && isAbsolute(configured) ? configured : join(homedir(), ".cache");
  return join(base, "penstock", "nats-server");
}

/** Looks for a binary fetched before: the tested version first, then the newest. */
export async function lookInCache(cacheDirectory: string): Promise<Look> {
  const names = await readdir(cacheDirectory).catch(() => []);
  const versions = names
    .filter((name) => parseVersion(name) === name && compareVersions(name, minimumVersion) >= 0)
    .sort((left, right) => rank(right) - rank(left) || compareVersions(right, left));
  if (versions.length === 0) return { kind: "nothing", reason: `nothing in ${cacheDirectory}` };
  return { kind: "offers", binaries: versions.map((version) => binaryOf(cacheDirectory, version)) };
}

/**
 * Runs `fetch` in an empty folder, probes the binary whose path it returns and moves that into the cache.
 * The folder is gone afterwards, whatever happened. What `fetch` throws is passed on.
 */
export async function fetchIntoCache(
  cacheDirectory: string,
  fetch: (folder: string) => Promise<string>,
): Promise<Look> {
  await mkdir(cacheDirectory, { recursive: true });
  const folder = await mkdtemp(join(cacheDirectory, ".fetch-"));
  try {
    const binary = await fetch(folder);
    await chmod(binary, 0o755);
    const probe = await probeBinary(binary);
    if (probe.kind === "unsuitable") {
      return { kind: "nothing", reason: probe.reason.replace(binary, "what was fetched") };
    }
    const kept = binaryOf(cacheDirectory, probe.version);
    await mkdir(join(cacheDirectory, probe.version), { recursive: true });
    // Replaces what another process put there meanwhile, or a damaged one; who runs the old file keeps it.
    await rename(binary, kept);
    return { kind: "offers", binaries: [kept] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function binaryOf(cacheDirectory: string, version: string): string {
  return join(cacheDirectory, version, "nats-server");
}

function rank(version: string): number {
  return version === testedVersion ? 1 : 0;
}
