// Ends of workers, and launches that came to nothing: noted for the next turn, told, and their credentials
// refused from then on.

import type { WorkerExit } from "@penstock/activation";
import type { ControllerEvents } from "./controller-events.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { WorkerIdentities } from "./worker-identities.ts";

/** What {@link WorkerExits} is made of. */
export interface WorkerExitsParts {
  readonly pools: ObservedPools;
  readonly identities: Pick<WorkerIdentities, "revoke">;
  readonly events: ControllerEvents;
}

/** Notes ends. */
export class WorkerExits {
  readonly #parts: WorkerExitsParts;

  constructor(parts: WorkerExitsParts) {
    this.#parts = parts;
  }

  note(exit: WorkerExit): void {
    const { pools, identities, events } = this.#parts;
    identities
      .revoke(exit.id)
      .catch((thrown: unknown) => events.failed(`revoking the credentials of ${exit.id}`, thrown));
    const sight = pools.of(exit.pool);
    sight.exits.push(exit);
    sight.lastExit = exit;
    // That it is orphaned was told when it was decided; its process lives.
    if (!exit.orphaned) events.workerExited(exit);
  }
}

/** One line for the listeners, and so for clients: nothing of what the worker said. */
export function howItEnded({
  code,
  signal,
  outOfMemory,
}: Pick<WorkerExit, "code" | "signal" | "outOfMemory">): string {
  if (outOfMemory) return "its worker ran out of memory";
  if (signal !== null) return `its worker was ended by ${signal}`;
  return code === null ? "its worker ended" : `its worker exited with ${code}`;
}
