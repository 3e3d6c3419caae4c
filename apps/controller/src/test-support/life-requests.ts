// The requests of one pool, as its queue and its listeners have them: each waits, is in a worker's hands, or has
// its one outcome. What a lost worker had is sent out again where that is allowed, and is abandoned where not.

import assert from "node:assert/strict";
import type { PoolState } from "@penstock/wire";

/** A request. */
export interface LifeRequest {
  readonly repeatable: boolean;
  outcome?: "answered" | "refused" | "abandoned";
}

/** A pool's requests. */
export class LifeRequests {
  readonly all: LifeRequest[] = [];
  waiting: LifeRequest[] = [];
  /** While the controller listens for demand. */
  arrived: (() => void) | undefined;
  #state: PoolState = { state: "disabled", detail: "" };

  /** Clients ask. Listeners refuse at once while the pool is off. */
  arrive(count: number, repeatable: boolean): void {
    for (let nth = 0; nth < count; nth++) {
      const request: LifeRequest = { repeatable };
      this.all.push(request);
      if (this.#state.state !== "started") settle(request, "refused");
      else this.waiting.push(request);
    }
    if (this.waiting.length > 0) this.arrived?.();
  }

  /** What the controller told the listeners of the pool. */
  tell(state: PoolState): void {
    this.#state = state;
    if (state.state !== "started") this.refuse();
  }

  /** What waits is refused. */
  refuse(): void {
    for (const request of this.waiting.splice(0)) settle(request, "refused");
  }

  /** A worker takes what it has room for. */
  take(room: number): LifeRequest[] {
    return this.waiting.splice(0, room);
  }

  /** A worker ended with these in its hands. */
  lost(requests: readonly LifeRequest[]): void {
    for (const request of requests)
      if (!request.repeatable) settle(request, "abandoned");
      else if (this.#state.state === "started") this.waiting.push(request);
      else settle(request, "refused");
    if (this.waiting.length > 0) this.arrived?.();
  }
}

/** A request ends, once. */
export function settle(request: LifeRequest, outcome: NonNullable<LifeRequest["outcome"]>): void {
  assert.equal(request.outcome, undefined, "a request has one outcome");
  request.outcome = outcome;
}
