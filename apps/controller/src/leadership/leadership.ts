// A controller's hold on the lease, or its wait for it.
//
//   waiting  -> leading   the lease was free, or its holder is gone or silent (see lease.ts)
//   leading  -> paused    no renewal for HOLD_MS: the broker cannot be reached, or this process stood still
//   paused   -> leading   a renewal succeeds: nobody took it meanwhile
//   leading, paused -> lost   somebody else holds it: there is no way back, this process ends and waits anew

import type { Clock } from "@penstock/foundation";
import {
  considerLease,
  HOLD_MS,
  readHolder,
  RENEW_MS,
  type LeaseHolder,
  type LeaseMemory,
} from "./lease.ts";

/** The cell that controllers share; see LeaseStore. */
export interface LeaseCell {
  read(): Promise<{ readonly revision: number; readonly text: string | undefined }>;
  write(value: LeaseHolder, revision: number): Promise<number | undefined>;
  giveBack(revision: number): Promise<void>;
}

/** What a {@link Leadership} is made of. */
export interface LeadershipParts {
  readonly cell: LeaseCell;
  readonly self: LeaseHolder;
  readonly clock: Clock;
  /** True for a process of this machine that has ended. */
  readonly gone: (holder: LeaseHolder) => boolean;
  /** Somebody else leads: told once for each that is waited for. */
  readonly waitsFor: (holder: LeaseHolder) => void;
  readonly failed: (what: string, cause: unknown) => void;
}

/** The lease, held. */
export class Leadership {
  readonly #parts: LeadershipParts;
  #revision: number;
  #leadsUntil: number;
  #over = false;
  #resumed: () => void = () => {};
  readonly #lost = Promise.withResolvers<LeaseHolder | undefined>();

  private constructor(parts: LeadershipParts, revision: number, leadsUntil: number) {
    this.#parts = parts;
    this.#revision = revision;
    this.#leadsUntil = leadsUntil;
    this.#planRenewal();
  }

  /** Waits until the lease is this controller's. `signal` ends the wait: rejects with its reason. */
  static async acquire(parts: LeadershipParts, signal: AbortSignal): Promise<Leadership> {
    let memory: LeaseMemory | undefined;
    let waitedFor: string | undefined;
    const look = async (): Promise<Leadership | undefined> => {
      const begun = parts.clock.now();
      const { text, revision } = await parts.cell.read();
      const holder = readHolder(text);
      const verdict = considerLease({ revision, holder }, memory, parts.gone, parts.clock.now());
      ({ memory } = verdict);
      if (verdict.takes) {
        const taken = await parts.cell.write(parts.self, revision);
        if (taken !== undefined) return new Leadership(parts, taken, begun + HOLD_MS);
      } else if (holder && holder.id !== waitedFor) {
        waitedFor = holder.id;
        parts.waitsFor(holder);
      }
      return undefined;
    };
    for (;;) {
      signal.throwIfAborted();
      const leadership = await look().catch((thrown: unknown) => {
        parts.failed("looking at the lease", thrown);
        return undefined;
      });
      if (leadership) return leadership;
      await pause(parts.clock, signal);
    }
  }

  /** True while this controller may decide and act. */
  get leads(): boolean {
    return !this.#over && this.#parts.clock.now() < this.#leadsUntil;
  }

  /** Resolves with who took it when it is lost for good. */
  get lost(): Promise<LeaseHolder | undefined> {
    return this.#lost.promise;
  }

  /** True once it is lost for good. */
  get isLost(): boolean {
    return this.#over;
  }

  /** Calls `resumed` each time that this controller leads again after a pause. */
  onResume(resumed: () => void): void {
    this.#resumed = resumed;
  }

  /** Gives it back: who waits need not wait for its end. */
  async release(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#parts.cell
      .giveBack(this.#revision)
      .catch((thrown: unknown) => this.#parts.failed("giving the lease back", thrown));
  }

  #planRenewal(): void {
    this.#parts.clock.after(RENEW_MS, () => void this.#renewAndPlan());
  }

  async #renewAndPlan(): Promise<void> {
    if (this.#over) return;
    try {
      await this.#renew();
    } catch (thrown) {
      if (!this.leads) this.#parts.failed("renewing the lease", thrown);
    }
    this.#planRenewal();
  }

  async #renew(): Promise<void> {
    const { cell, self, clock } = this.#parts;
    const begun = clock.now();
    const paused = !this.leads;
    const renewed = await cell.write(self, this.#revision);
    if (this.#over) return;
    if (renewed === undefined) return this.#findOut();
    this.#revision = renewed;
    this.#leadsUntil = begun + HOLD_MS;
    if (paused && this.leads) this.#resumed();
  }

  /** Somebody wrote: this process, when an answer was lost on its way, or another. */
  async #findOut(): Promise<void> {
    const { text, revision } = await this.#parts.cell.read();
    const holder = readHolder(text);
    if (holder?.id === this.#parts.self.id) {
      this.#revision = revision;
      return;
    }
    this.#over = true;
    this.#lost.resolve(holder);
  }
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(RENEW_MS, done);
    signal.addEventListener("abort", done);
  });
}
