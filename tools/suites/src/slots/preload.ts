// Loaded into every process of a suite (`--import`): a node:http server that is told to listen on port 0
// gets a slot. It listens on the slot's back port and tells everybody who asks the front port. Servers on
// ports of their own, on pipes, and those that speak TLS or HTTP/2 are left alone.

import { lookup } from "node:dns/promises";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { SlotLeases } from "./slot-leases.ts";
import { readSlotPlan, type Slot } from "./slot-plan.ts";

type Listen = (this: net.Server, ...given: unknown[]) => net.Server;

const genuine: { readonly listen: unknown; readonly address: unknown } = net.Server.prototype;
const listen = genuine.listen as Listen;
const address = genuine.address as (this: net.Server) => AddressInfo | string | null;
const plan = readSlotPlan();
const leases = new SlotLeases(plan);
const localhost = await lookup("localhost");

/** A slot, and the address at which its server believes to listen. */
interface Place {
  readonly slot: Slot;
  readonly at: Pick<AddressInfo, "address" | "family"> | undefined;
}

const placeOf = new WeakMap<net.Server, Place>();

replace("listen", function listenInSlot(this: http.Server, ...given: unknown[]) {
  if (!wantsAnyPort(given) || placeOf.has(this)) return listen.apply(this, given);
  const slot = leases.take();
  placeOf.set(this, { slot, at: addressOf(hostIn(given)) });
  const { broker } = plan;
  const closed = new Promise<void>((resolve) => this.once("close", resolve));
  void closed.then(() => placeOf.delete(this));
  const served = broker
    ? import("./module-worker.ts").then(({ serveSlot }) =>
        serveSlot({ server: this, pool: slot.pool, broker, closed }),
      )
    : closed;
  void served.finally(() => leases.giveBack(slot));
  const callback = given.at(-1);
  const rest = typeof callback === "function" ? [callback] : [];
  return listen.call(this, slot.back, ...rest);
});

replace("address", function addressOfSlot(this: http.Server) {
  const own = address.call(this);
  const place = placeOf.get(this);
  if (own === null || typeof own === "string" || !place) return own;
  return { ...own, ...place.at, port: place.slot.front } satisfies AddressInfo;
});

function replace(name: "listen" | "address", value: unknown): void {
  Object.defineProperty(http.Server.prototype, name, { configurable: true, writable: true, value });
}

/** What `listen` takes: nothing, a port, or options. */
function wantsAnyPort([first]: readonly unknown[]): boolean {
  if (first === undefined || first === null || typeof first === "function") return true;
  if (typeof first !== "object") return Number(first) === 0;
  const { path, fd, _handle, port } = first as Record<string, unknown>;
  return path === undefined && fd === undefined && _handle === undefined && Number(port ?? 0) === 0;
}

/** The host in what `listen` takes. */
function hostIn([first, second]: readonly unknown[]): unknown {
  if (typeof first === "object" && first !== null)
    return (first as Record<string, unknown>)["host"];
  return second;
}

/** What the server would be told of this host. It listens on all addresses: the way to it has its own. */
function addressOf(host: unknown): Place["at"] {
  if (typeof host !== "string") return undefined;
  if (host === "localhost") return { address: localhost.address, family: `IPv${localhost.family}` };
  const family = net.isIP(host);
  return family === 0 ? undefined : { address: host, family: `IPv${family}` };
}
