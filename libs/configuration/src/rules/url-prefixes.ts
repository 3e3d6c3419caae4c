// Rules about `urls`: every prefix can be parsed, no two pools claim the same one, no port speaks two
// schemes.

import { findConflicts, parseUrlPrefix, type UrlPrefix } from "@penstock/domain";
import type { Reading } from "../reading/reading.ts";
import { formatKeyPath, type KeyPath } from "../source/key-path.ts";
import type { SourceRange } from "../source/source-text.ts";
import type { CandidatePool } from "./pool-layer.ts";

/** A prefix, the pool that claims it and where. */
interface Claim {
  readonly pool: string;
  readonly path: KeyPath;
  readonly range: SourceRange;
  readonly prefix: UrlPrefix;
}

/** Reports every prefix of every pool that cannot stand. */
export function checkUrlPrefixes(reading: Reading, pools: readonly CandidatePool[]): void {
  const claims = pools.flatMap((pool) => claimsOf(reading, pool));
  for (const conflict of findConflicts(claims.map(({ prefix }) => prefix))) {
    const claim = claims[conflict.index];
    const earlier = claims[conflict.existingIndex];
    if (claim === undefined || earlier === undefined) continue;
    const { line, column } = reading.source.position(earlier.range.start);
    const place = `pool "${earlier.pool}" at ${reading.source.file}:${line}:${column}`;
    const { prefix } = claim;
    report(
      reading,
      claim,
      conflict.kind === "already_exists"
        ? `${prefix.fullPrefix} is already a prefix of ${place}`
        : `port ${prefix.port} cannot speak ${prefix.scheme}: it speaks ${earlier.prefix.scheme} for ${place}`,
    );
  }
}

function claimsOf(reading: Reading, pool: CandidatePool): readonly Claim[] {
  const claims: Claim[] = [];
  for (const [index, url] of (pool.settings.urls ?? []).entries()) {
    const path = [...pool.path, "urls", index];
    const range = reading.places.get(path)?.value;
    if (range === undefined) continue;
    const parsed = parseUrlPrefix(url);
    if (parsed.kind !== "prefix") {
      const part = partOfScalar(reading, range, url, parsed.offset);
      report(reading, { path, range: part }, parsed.message);
      continue;
    }
    claims.push({ pool: pool.name, path, range, prefix: parsed.prefix });
  }
  return claims;
}

/** From an offset in the value to its place in the file; the whole scalar when it is spelled differently. */
function partOfScalar(
  { source }: Reading,
  range: SourceRange,
  value: string,
  offset: number,
): SourceRange {
  const inScalar = source.text.slice(range.start, range.end).indexOf(value);
  if (inScalar < 0) return range;
  const end = range.start + inScalar + value.length;
  return { start: Math.min(range.start + inScalar + offset, end - 1), end };
}

function report(
  reading: Reading,
  { path, range }: { readonly path: KeyPath; readonly range: SourceRange },
  message: string,
): void {
  reading.faults.add({ range, path, message: `${formatKeyPath(path)}: ${message}` });
}
