// The slots of a run: places for the servers that tests start. Each has a port that clients are told and a
// port where the test's server really listens; what stands between the two is the way under test. Written
// by whoever makes the way, read in every process of a suite.

import { readFileSync, writeFileSync } from "node:fs";

/** A place for one server at a time. */
export interface Slot {
  /** Where clients ask. */
  readonly front: number;
  /** Where the server listens, on loopback. */
  readonly back: number;
  /** The pool behind the front port; not used by ways without pools. */
  readonly pool: string;
}

/** All slots, and what the servers in them need. */
export interface SlotPlan {
  /** Which slots are taken is kept in files here: the processes of a suite share them. */
  readonly folder: string;
  readonly slots: readonly Slot[];
  /** Where servers are handed to a worker in their own process: the broker, and the keys to its accounts. */
  readonly broker?: { readonly url: string; readonly keys: string };
}

/** The environment variable that names the plan's file. */
export const SLOT_PLAN = "PENSTOCK_SLOT_PLAN";

/** Writes a plan. Nobody else need read it. */
export function writeSlotPlan(file: string, plan: SlotPlan): void {
  writeFileSync(file, JSON.stringify(plan), { mode: 0o600 });
}

/** Reads the plan that this process was started with. */
export function readSlotPlan(): SlotPlan {
  return JSON.parse(readFileSync(process.env[SLOT_PLAN] ?? "", "utf8")) as SlotPlan;
}
