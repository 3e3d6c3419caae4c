// What was decided about a pool besides its configuration: by operators, and by rapid-fail protection. It
// outlives the controller, so it is a plain value that the shell keeps; here is what commands make of it.
//
//   command   pool is    becomes                                 refused
//   -------   --------   -------------------------------------   ------------------------------
//   start     any        started, online, failures forgotten     -
//   stop      any        stopped                                 -
//   recycle   serving    same, with one recycling more           -
//   recycle   stopped    -                                       there is nobody to be replaced
//   recycle   offline    -                                       start it instead

import type { ApplicationPool, WorkerProcessId } from "@penstock/domain";
import { exhaustive } from "@penstock/foundation";
import { isCanaryRuling, type CanaryRuling } from "./canary-ruling.ts";
import type { DesiredPool } from "./desired-pool.ts";
import { markedGeneration } from "./generation.ts";
import { withFloor } from "./held-workers.ts";

/** What an operator can ask of a pool. */
export type PoolCommand = "start" | "stop" | "recycle";

/** Rapid-fail protection's verdict on a pool. */
export interface OfflineVerdict {
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** The configuration that failed: another one deserves another try. */
  readonly generation: string;
  /** For clients: the kind of failure, and nothing of its details. */
  readonly told: string;
  /** For operators: the failure that was one too many. */
  readonly reason: string;
  /** For operators: last lines of output; may name paths and more. */
  readonly detail: string;
}

/** A worker that was left for a debugger. */
export interface Orphan {
  readonly worker: WorkerProcessId;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  readonly reason: string;
}

/** A pool's standing. */
export interface PoolStanding {
  readonly version: 1;
  /** What an operator asked last; absent while nobody has: then `autoStart` holds. */
  readonly operator?: "started" | "stopped";
  /** How often an operator recycled it. */
  readonly recycles: number;
  /** Workers that an operator has it hold at least (held-workers.ts). */
  readonly heldWorkers?: number;
  /** When that ends, milliseconds since the Unix epoch; absent: until further notice. */
  readonly heldUntil?: number;
  readonly offline?: OfflineVerdict;
  /** Who was orphaned last; may have ended. */
  readonly orphan?: Orphan;
  /** What an operator decided about its canary. */
  readonly canary?: CanaryRuling;
}

/** Of a pool about which nothing was decided. */
export const untouched: PoolStanding = { version: 1, recycles: 0 };

/** What a command came to. */
export type CommandVerdict =
  | { readonly kind: "obeyed"; readonly standing: PoolStanding }
  | { readonly kind: "refused"; readonly why: string; readonly remedy: string };

/** True while the pool may serve, as far as operators and `autoStart` are concerned. */
export function isEnabled(pool: ApplicationPool, { operator }: PoolStanding): boolean {
  return operator === undefined ? pool.autoStart : operator === "started";
}

/** What a command makes of a pool's standing. */
export function obey(
  command: PoolCommand,
  pool: ApplicationPool,
  standing: PoolStanding,
): CommandVerdict {
  switch (command) {
    case "start":
      return { kind: "obeyed", standing: { ...online(standing), operator: "started" } };
    case "stop":
      return { kind: "obeyed", standing: { ...standing, operator: "stopped" } };
    case "recycle": {
      const remedy = `penstock pool start ${pool.name}`;
      if (!isEnabled(pool, standing)) return { kind: "refused", why: "it is stopped", remedy };
      if (standing.offline) return { kind: "refused", why: "it is offline", remedy };
      return { kind: "obeyed", standing: { ...standing, recycles: standing.recycles + 1 } };
    }
    default:
      return exhaustive(command);
  }
}

/** The standing after protection took the pool offline. */
export function taken(standing: PoolStanding, offline: OfflineVerdict): PoolStanding {
  return { ...standing, offline };
}

/** The standing without a verdict. */
export function online(standing: PoolStanding): PoolStanding {
  const { offline: _, ...rest } = standing;
  return rest;
}

/** The standing under this ruling on the pool's canary, or under none. */
export function ruled(standing: PoolStanding, canary: CanaryRuling | undefined): PoolStanding {
  const { canary: _, ...rest } = standing;
  return canary === undefined ? rest : { ...rest, canary };
}

/** The standing as it holds for a configuration: a verdict on another one has lapsed. */
export function standingFor(generation: string, standing: PoolStanding): PoolStanding {
  return standing.offline && standing.offline.generation !== generation
    ? online(standing)
    : standing;
}

/** The pool as it should be. */
export function desiredPool(
  pool: ApplicationPool,
  generation: string,
  { standing, operatorStarts }: { standing: PoolStanding; operatorStarts: number },
): DesiredPool {
  return {
    pool: withFloor(pool, standing),
    generation: markedGeneration(generation, standing.recycles),
    enabled: isEnabled(pool, standing),
    operatorStarts,
  };
}

/** Reads a standing that was kept as JSON; undefined when it is none. */
export function readPoolStanding(text: string): PoolStanding | undefined {
  const value = parse(text) as Partial<PoolStanding> | null | undefined;
  if (typeof value !== "object" || value?.version !== 1) return undefined;
  const { operator, recycles, heldWorkers, heldUntil, offline, orphan, canary } = value;
  if (operator !== undefined && operator !== "started" && operator !== "stopped") return undefined;
  if (!isCount(recycles) || (heldWorkers !== undefined && !isCount(heldWorkers))) return undefined;
  if (heldUntil !== undefined && !Number.isFinite(heldUntil)) return undefined;
  if (offline !== undefined && !isVerdict(offline)) return undefined;
  if (orphan !== undefined && !isOrphanRecord(orphan)) return undefined;
  if (canary !== undefined && !isCanaryRuling(canary)) return undefined;
  return value as PoolStanding;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isVerdict(value: unknown): value is OfflineVerdict {
  if (typeof value !== "object" || value === null) return false;
  const { since, generation, told, reason, detail } = value as Record<string, unknown>;
  const texts = [generation, told, reason, detail];
  return Number.isFinite(since) && texts.every((text) => typeof text === "string");
}

function isOrphanRecord(value: unknown): value is Orphan {
  if (typeof value !== "object" || value === null) return false;
  const { worker, since, reason } = value as Record<string, unknown>;
  return typeof worker === "string" && Number.isFinite(since) && typeof reason === "string";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
