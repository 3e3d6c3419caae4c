// Which slots this process holds. A taken slot is a file that only one process can make.

import { closeSync, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Slot, SlotPlan } from "./slot-plan.ts";

/** Between two tries for a slot while all are taken, milliseconds, and how often it is tried. */
const PAUSE_MS = 50;
const TRIES = 600;

/** Slots taken and given back by one process. */
export class SlotLeases {
  readonly #plan: SlotPlan;
  readonly #held = new Set<Slot>();
  /** Where to look first: another place for each process, and then the one after the last. */
  #next = process.pid;

  constructor(plan: SlotPlan) {
    this.#plan = plan;
    process.on("exit", () => {
      for (const slot of this.#held) this.giveBack(slot);
    });
  }

  /** Takes a free slot. Waits for one without letting anything else run: `listen` is synchronous. */
  take(): Slot {
    const { slots } = this.#plan;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      for (let n = 0; n < slots.length; n++) {
        const slot = slots[this.#next++ % slots.length];
        if (slot && this.#tryTake(slot)) return slot;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
    throw new Error(`all ${slots.length} slots were taken for ${(TRIES * PAUSE_MS) / 1000} s`);
  }

  giveBack(slot: Slot): void {
    if (this.#held.delete(slot)) unlinkSync(this.#file(slot));
  }

  #tryTake(slot: Slot): boolean {
    try {
      closeSync(openSync(this.#file(slot), "wx"));
    } catch {
      return false;
    }
    this.#held.add(slot);
    return true;
  }

  #file(slot: Slot): string {
    return join(this.#plan.folder, `${slot.front}.taken`);
  }
}
