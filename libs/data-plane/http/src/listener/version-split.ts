// Two versions of a pool behind one URL group: which of their queues a request goes to, and the cookie by
// which its client is known again. Only groups of pools with a canary have one.
//
//   canary, or its pool        the request goes to
//   -------------------------  ------------------------------------------------
//   canary offline, stopped    the stable version, also when it names the other
//   pool stopped               the stable version, which refuses it
//   otherwise                  what version-choice.ts says

import {
  drawnPlace,
  drawnTicket,
  namedVersion,
  placeOf,
  placeOfTicket,
  seedOf,
  versionAt,
  type PoolVersion,
  type Stickiness,
} from "@penstock/domain";
import type { PoolQueue } from "@penstock/request-queue";

/** Where a request goes. */
export interface VersionChoice {
  readonly pool: PoolQueue;
  /** What the answer is to have the client keep, `name=value`; "" = nothing. */
  readonly setCookie: string;
}

/** How a pool's requests are divided. */
export interface VersionShare {
  /** Percent for the canary. */
  readonly weight: number;
  readonly sticky?: Stickiness;
}

/** A second version beside a pool, and its share of the requests. Immutable. */
export class VersionSplit {
  readonly stable: PoolQueue;
  readonly canary: PoolQueue;
  readonly #weight: number;
  readonly #sticky: Stickiness | undefined;
  readonly #seed: number;

  constructor(stable: PoolQueue, canary: PoolQueue, { weight, sticky }: VersionShare) {
    this.stable = stable;
    this.canary = canary;
    this.#weight = weight;
    this.#sticky = sticky;
    this.#seed = seedOf(stable.name);
  }

  /** Chooses for a request with these fields (name, value, …). */
  choose(rawHeaders: readonly string[], random: () => number): VersionChoice {
    const sticky = this.#sticky;
    if (sticky === undefined) return this.#chosen(this.#drawn(random), "");
    if ("header" in sticky) {
      const value = fieldOf(rawHeaders, sticky.header);
      if (value === undefined) return this.#chosen(this.#drawn(random), "");
      const place = placeOf(value, this.#seed);
      return this.#chosen(namedVersion(value) ?? versionAt(place, this.#weight), "");
    }
    const { cookie } = sticky;
    const kept = cookieOf(rawHeaders, cookie) ?? "";
    const named = namedVersion(kept);
    if (named !== undefined) return this.#chosen(named, "");
    const place = placeOfTicket(kept);
    if (place !== undefined) return this.#chosen(versionAt(place, this.#weight), "");
    const ticket = String(drawnTicket(random()));
    const version = versionAt(placeOfTicket(ticket) ?? 0, this.#weight);
    return this.#chosen(version, `${cookie}=${ticket}`);
  }

  #drawn(random: () => number): PoolVersion {
    return versionAt(drawnPlace(random()), this.#weight);
  }

  #chosen(version: PoolVersion, setCookie: string): VersionChoice {
    const serves = this.canary.state.state === "started" && this.stable.state.state !== "disabled";
    return { pool: version === "canary" && serves ? this.canary : this.stable, setCookie };
  }
}

/** The value of the first field of this name. */
function fieldOf(rawHeaders: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const found = rawHeaders[i] ?? "";
    if (found.length === wanted.length && found.toLowerCase() === wanted) return rawHeaders[i + 1];
  }
  return undefined;
}

/** The value of the first cookie of this name (RFC 6265 §4.2.1). */
function cookieOf(rawHeaders: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const field = rawHeaders[i] ?? "";
    if (field.length !== 6 || field.toLowerCase() !== "cookie") continue;
    for (const pair of (rawHeaders[i + 1] ?? "").split(";")) {
      const at = pair.indexOf("=");
      if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
  }
  return undefined;
}
