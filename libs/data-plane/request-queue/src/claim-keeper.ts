// Renews claims: a worker that has heard nothing about a request for a while says once more that it has it.
// The listener grants it again, refuses it because it knows nothing of it, or learns of a claim that was
// lost with its connection. A listener that says nothing at all is gone, and with it the client.

import type { Clock } from "@penstock/foundation";
import { CLAIM_RENEWAL_MS, RENEWALS_UNTIL_LOST } from "./limits.ts";

/** A request, as far as its claim is concerned. */
export interface KeptClaim {
  /** Looks since the listener last said something about it. */
  silentLooks: number;
}

/** What a {@link ClaimKeeper} is made of. */
export interface ClaimKeeperParts<Kept extends KeptClaim> {
  readonly clock: Clock;
  /** What is in hand; it may shrink while it is walked. */
  readonly inHand: () => Iterable<Kept>;
  readonly renew: (claim: Kept) => void;
  /** The listener is gone. */
  readonly giveUp: (claim: Kept) => void;
}

/** Looks after the claims of one worker. Has a timer only while something is in hand. */
export class ClaimKeeper<Kept extends KeptClaim> {
  readonly #parts: ClaimKeeperParts<Kept>;
  #lookPlanned = false;

  constructor(parts: ClaimKeeperParts<Kept>) {
    this.#parts = parts;
  }

  /** Something was claimed. */
  watch(): void {
    if (this.#lookPlanned) return;
    this.#lookPlanned = true;
    this.#parts.clock.after(CLAIM_RENEWAL_MS, () => {
      this.#lookPlanned = false;
      this.#look();
    });
  }

  #look(): void {
    for (const claim of this.#parts.inHand()) {
      this.watch();
      claim.silentLooks++;
      // At the first look it may have been claimed just now.
      if (claim.silentLooks === 1) continue;
      if (claim.silentLooks > 1 + RENEWALS_UNTIL_LOST) this.#parts.giveUp(claim);
      else this.#parts.renew(claim);
    }
  }
}
