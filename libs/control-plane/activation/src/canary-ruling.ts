// What operators decided about a pool's canary, which the configuration file does not say (yet). It is part of
// the pool's standing and outlives the controller; here is what commands make of it, and for how long it holds.
//
//   command    ruled so far            becomes      refused
//   --------   ---------------------   ----------   ------------------------------------
//   promote    nothing                 promoting    -
//   promote    promoting, promoted     -            it was promoted already
//   promote    rolledBack              -            another weight is another try
//   rollback   nothing                 rolledBack   -
//   rollback   promoting, promoted     rolledBack   -
//   rollback   rolledBack              -            it was rolled back already
//   either     pool without a canary   -            it has none
//
//   ruled         the pool runs   the canary
//   -----------   -------------   -------------------------------------------------------------
//   nothing       its version     has its weight
//   promoting     the canary's    has its weight until every worker of the pool runs its version
//   promoted      the canary's    is gone
//   rolledBack    its version     is gone
//
// A ruling is about two versions and holds while the file names those: a reload for another reason does not
// undo it. `rolledBack` lapses with another weight, too.

import type { ApplicationPool } from "@penstock/domain";

/** What an operator can ask about a canary. */
export type VersionCommand = "promote" | "rollback";

/** A ruling on a canary. */
export interface CanaryRuling {
  readonly verdict: "promoting" | "promoted" | "rolledBack";
  /** Names the two versions that it is about. */
  readonly versions: string;
  /** The canary's in the file at that time, percent. */
  readonly weight: number;
}

/** What a command came to. */
export type RulingOutcome =
  | { readonly kind: "obeyed"; readonly ruling: CanaryRuling }
  | { readonly kind: "refused"; readonly why: string; readonly remedy: string };

/** What a command makes of the ruling so far. `pool` is as the file has it, `versions` names its two. */
export function rule(
  command: VersionCommand,
  { name, canary }: ApplicationPool,
  { versions, ruling }: { versions: string; ruling: CanaryRuling | undefined },
): RulingOutcome {
  if (canary === undefined) {
    const remedy = `Name one in the file: applicationPools.${name}.canary`;
    return { kind: "refused", why: "it has no canary", remedy };
  }
  const remedy = "Give canary another version in the file, or another weight.";
  if (ruling?.verdict === "rolledBack")
    return { kind: "refused", why: "its canary was rolled back", remedy };
  if (ruling && command === "promote")
    return {
      kind: "refused",
      why: "its canary was promoted already",
      remedy: noticeOf(name, ruling),
    };
  const verdict = command === "promote" ? "promoting" : "rolledBack";
  return { kind: "obeyed", ruling: { verdict, versions, weight: canary.weight } };
}

/** The ruling as it holds for a pool of the file; undefined when there is none, or it has lapsed. */
export function rulingFor(
  { canary }: ApplicationPool,
  versions: string,
  ruling: CanaryRuling | undefined,
): CanaryRuling | undefined {
  if (canary === undefined || ruling?.versions !== versions) return undefined;
  const another = ruling.verdict === "rolledBack" && ruling.weight !== canary.weight;
  return another ? undefined : ruling;
}

/** The pool as it is in force: what the file says under a ruling that holds for it. */
export function poolUnder(
  pool: ApplicationPool,
  ruling: CanaryRuling | undefined,
): ApplicationPool {
  const { canary, ...rest } = pool;
  if (ruling === undefined || canary === undefined) return pool;
  if (ruling.verdict === "rolledBack") return rest;
  const promoted = { ...rest, application: canary.application };
  return ruling.verdict === "promoting" ? { ...promoted, canary } : promoted;
}

/** What a ruling means for whoever reads the file, in a sentence. */
export function noticeOf(pool: string, { verdict }: Pick<CanaryRuling, "verdict">): string {
  return verdict === "rolledBack"
    ? `pool ${pool}: its canary was rolled back and gets nothing; remove canary from the file, or give it another weight to try again`
    : `pool ${pool}: its canary was promoted, whatever the file says; make the canary's version the pool's own there, and remove canary`;
}

/** True of what is a ruling, read from where it was kept. */
export function isCanaryRuling(value: unknown): value is CanaryRuling {
  if (typeof value !== "object" || value === null) return false;
  const { verdict, versions, weight } = value as Record<string, unknown>;
  const known = verdict === "promoting" || verdict === "promoted" || verdict === "rolledBack";
  return known && typeof versions === "string" && Number.isFinite(weight);
}
