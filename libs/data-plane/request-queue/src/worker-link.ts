// What a listener knows of one worker: its address, the requests that it claimed here, and the frames
// that wait for the end of the turn.

import type { FrameWriter } from "@penstock/wire";
import type { Exchange } from "./exchange.ts";
import type { WorkerAddress } from "./transport.ts";

/** A worker as the holder of a listener's requests. */
export interface WorkerLink {
  readonly address: WorkerAddress;
  readonly exchanges: Set<Exchange>;
  readonly outbox: FrameWriter;
  /** When it was last heard, clock milliseconds. */
  heardAt: number;
  /** Probes in a row that found nobody. */
  missedProbes: number;
}
