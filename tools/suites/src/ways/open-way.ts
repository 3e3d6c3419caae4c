// Opens a way with as many slots as are wanted.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { SlotPlan } from "../slots/slot-plan.ts";
import { slotPorts } from "../slots/slot-ports.ts";
import { openForwarder, openModuleHosting } from "./penstock.ts";
import { openPlainProxy } from "./plain-proxy.ts";
import type { Way, WayName } from "./way.ts";

/** Opens a way; its slots are kept in `folder`. */
export async function openWay(
  name: WayName,
  { folder, slots }: { readonly folder: string; readonly slots: number },
): Promise<Way> {
  return await opened[name](folder, slots);
}

const opened: Readonly<Record<WayName, (folder: string, slots: number) => Promise<Way>>> = {
  direct: async () => ({ name: "direct", plan: undefined, [Symbol.asyncDispose]: async () => {} }),
  proxy: async (folder, slots) => await openPlainProxy(await makePlan(folder, slots)),
  forwarder: async (folder, slots) => await openForwarder(await makePlan(folder, slots)),
  module: async (folder, slots) => await openModuleHosting(await makePlan(folder, slots)),
};

async function makePlan(parent: string, count: number): Promise<SlotPlan> {
  const folder = join(parent, "slots");
  mkdirSync(folder);
  const ports = await slotPorts(2 * count);
  const slots = Array.from({ length: count }, (_, n) => ({
    front: ports[n] ?? 0,
    back: ports[count + n] ?? 0,
    pool: `slot-${n + 1}`,
  }));
  return { folder, slots };
}
