// A way from a test's client to its server.

import type { SlotPlan } from "../slots/slot-plan.ts";

/** The ways that are compared. */
export const wayNames = ["direct", "proxy", "forwarder", "module"] as const;

/**
 * direct: nothing is changed. proxy: a plain streaming proxy of node:http in between. forwarder: Penstock,
 * whose worker forwards to the server's port, as it does for a command. module: Penstock, whose worker is in
 * the test's own process and is handed the server, as it is a module's.
 */
export type WayName = (typeof wayNames)[number];

/** A way that is open. Disposing it closes it. */
export interface Way extends AsyncDisposable {
  readonly name: WayName;
  /** Undefined: servers listen where they like. */
  readonly plan: SlotPlan | undefined;
}
