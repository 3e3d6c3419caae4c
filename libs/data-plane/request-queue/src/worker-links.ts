// The workers that a listener hears of: found by address, flushed at the end of each turn, probed while
// they hold requests and are silent, forgotten when they have long been idle.

import type { Clock } from "@penstock/foundation";
import { FrameWriter } from "@penstock/wire";
import { LINK_IDLE_MS, PROBE_INTERVAL_MS, PROBES_UNTIL_LOST } from "./limits.ts";
import type { Defer, ListenerTransport, WorkerAddress } from "./transport.ts";
import type { WorkerLink } from "./worker-link.ts";

/** What {@link WorkerLinks} needs. */
export interface WorkerLinksParts {
  readonly transport: ListenerTransport;
  readonly clock: Clock;
  readonly defer: Defer;
  /** Called once per worker that turned out to be gone, with its requests still in the link. */
  readonly lost: (link: WorkerLink, detail: string) => void;
}

/** All worker links of one listener. */
export class WorkerLinks {
  /** The link of nobody: where a reader stands before the first message. */
  readonly nobody = this.#create({ pool: "", worker: "" });
  readonly #parts: WorkerLinksParts;
  readonly #links = new Map<WorkerAddress, WorkerLink>();
  #dirty: FrameWriter[] = [];
  #flushPlanned = false;
  #probePlanned = false;

  constructor(parts: WorkerLinksParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#links.size;
  }

  /** The link of an address from which something arrived just now. */
  heard(address: WorkerAddress): WorkerLink {
    let link = this.#links.get(address);
    if (!link) {
      link = this.#create(address);
      this.#links.set(address, link);
      this.#planProbe();
    }
    link.heardAt = this.#parts.clock.now();
    link.missedProbes = 0;
    return link;
  }

  /** The link of a worker by its names, if there is one. */
  find(pool: string, worker: string): WorkerLink | undefined {
    for (const link of this.#links.values()) {
      if (link.address.worker === worker && link.address.pool === pool) return link;
    }
    return undefined;
  }

  /** The outbox of a link, to be flushed when the turn ends. */
  outbox(link: WorkerLink): FrameWriter {
    if (link.outbox.empty) {
      this.#dirty.push(link.outbox);
      if (!this.#flushPlanned) {
        this.#flushPlanned = true;
        this.#parts.defer(this.#flush);
      }
    }
    return link.outbox;
  }

  /** Forgets what was still to be sent: what was sent before it is lost. */
  discard(): void {
    for (const link of this.#links.values()) link.outbox.discard();
  }

  /** Drops a link: its worker is gone. */
  drop(link: WorkerLink): void {
    if (!this.#links.delete(link.address)) return;
    link.outbox.discard();
    this.#parts.transport.forget(link.address);
  }

  #create(address: WorkerAddress): WorkerLink {
    const outbox = new FrameWriter((frames) => this.#parts.transport.send(address, frames));
    return { address, exchanges: new Set(), outbox, heardAt: 0, missedProbes: 0 };
  }

  readonly #flush = (): void => {
    this.#flushPlanned = false;
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const outbox of dirty) outbox.flush();
  };

  #planProbe(): void {
    if (this.#probePlanned) return;
    this.#probePlanned = true;
    this.#parts.clock.after(PROBE_INTERVAL_MS, () => {
      this.#probePlanned = false;
      this.#probeSilent();
      if (this.#links.size > 0) this.#planProbe();
    });
  }

  #probeSilent(): void {
    const now = this.#parts.clock.now();
    for (const link of this.#links.values()) {
      const silentFor = now - link.heardAt;
      if (link.exchanges.size > 0) {
        if (silentFor >= PROBE_INTERVAL_MS && this.#parts.transport.connected)
          void this.#probe(link);
      } else if (silentFor >= LINK_IDLE_MS) {
        this.drop(link);
      }
    }
  }

  async #probe(link: WorkerLink): Promise<void> {
    const alive = await this.#parts.transport.probe(link.address);
    if (alive) link.missedProbes = 0;
    else if (++link.missedProbes >= PROBES_UNTIL_LOST && this.#links.get(link.address) === link) {
      this.#parts.lost(link, "its connection to the broker is gone");
    }
  }
}
