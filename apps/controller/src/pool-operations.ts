// What operators can have done, as the admin API asks for it.

import type { HeldWorkers, PoolCommand } from "@penstock/activation";

/** What became of a command to a pool. */
export type CommandOutcome =
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly why: string; readonly remedy: string }
  /** It holds, and outlives the controller. `leaving`: workers that go because of it, in their own time. */
  | { readonly kind: "obeyed"; readonly leaving: readonly string[] };

/** Held by the admin API alone. */
export interface PoolOperations {
  command(pool: string, command: PoolCommand): Promise<CommandOutcome>;
  /** Has a pool hold at least so many workers, for so many milliseconds or until further notice, or go by its demand again. */
  scale(pool: string, workers: HeldWorkers, forMs?: number): Promise<CommandOutcome>;
  /** Asks a worker to finish and go, or ends it at once. False when there is none of this name. */
  endWorker(worker: string, how: "stop" | "kill"): Promise<boolean>;
}
