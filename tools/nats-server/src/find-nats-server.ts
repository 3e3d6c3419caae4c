// Finds a nats-server to run, or fetches one. The places, in the order in which they are asked:
//
//   configured  the path that the caller or PENSTOCK_NATS_SERVER names; if it does not do, nothing else is tried
//   path        every nats-server on PATH
//   cache       what an earlier run fetched
//   release     the official release, checksum verified
//   debian      the Debian package of a newer suite, through the machine's own mirror
//
// The first binary that runs and is new enough is taken; why the others were not is reported.

import { isAbsolute, resolve } from "node:path";
import { lookInCache } from "./cache.ts";
import { lookInDebian } from "./debian-package.ts";
import { NatsServerNotFound } from "./errors.ts";
import type { Attempt, NatsServerSource, Place, ReportFind } from "./place.ts";
import { probeBinary } from "./probe-binary.ts";
import { lookInRelease } from "./release.ts";
import { lookOnPath } from "./search-path.ts";

/** What the search needs to know. */
export interface FindNatsServerOptions {
  /** An explicit choice; goes before PENSTOCK_NATS_SERVER. */
  readonly path?: string | undefined;
  /** Where fetched binaries are kept; see `natsServerCacheDirectory`. */
  readonly cacheDirectory: string;
  /** Read: PATH and PENSTOCK_NATS_SERVER. */
  readonly environment: NodeJS.ProcessEnv;
  readonly report: ReportFind;
}

/** A binary that was run and is new enough. */
export interface FoundNatsServer {
  readonly path: string;
  readonly version: string;
  readonly source: NatsServerSource;
}

/**
 * Finds or fetches a nats-server. Several processes may call it at once with the same cache. Rejects with
 * {@link NatsServerNotFound}, which lists what was tried.
 */
export function findNatsServer(options: FindNatsServerOptions): Promise<FoundNatsServer> {
  return firstSuitable(placesOf(options), options.report);
}

/** Asks places in their order. Each is asked only when all before it had nothing suitable. */
export async function firstSuitable(
  places: readonly Place[],
  report: ReportFind,
): Promise<FoundNatsServer> {
  const attempts: Attempt[] = [];
  const skip = (source: NatsServerSource, reason: string) => {
    attempts.push({ source, reason });
    report({ kind: "skipped", source, reason });
  };
  for (const place of places) {
    const { source } = place;
    const offer = await place.look();
    if (offer.kind === "nothing") {
      skip(source, offer.reason);
      continue;
    }
    for (const path of offer.binaries) {
      const probe = await probeBinary(path);
      if (probe.kind === "suitable") return { path, version: probe.version, source };
      skip(source, probe.reason);
    }
  }
  throw new NatsServerNotFound(attempts);
}

function placesOf({ path, cacheDirectory, environment, report }: FindNatsServerOptions): Place[] {
  const configured = path ?? environment["PENSTOCK_NATS_SERVER"];
  if (configured !== undefined && configured !== "") {
    const binary = isAbsolute(configured) ? configured : resolve(configured);
    // Who names a path means that one: taking another silently would hide the mistake.
    return [{ source: "configured", look: async () => ({ kind: "offers", binaries: [binary] }) }];
  }
  const searchPath = environment["PATH"];
  return [
    { source: "path", look: () => lookOnPath(searchPath) },
    { source: "cache", look: () => lookInCache(cacheDirectory) },
    { source: "release", look: () => lookInRelease({ cacheDirectory, report }) },
    { source: "debian", look: () => lookInDebian({ cacheDirectory, searchPath, report }) },
  ];
}
