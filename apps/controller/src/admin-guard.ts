// Who may speak to the admin API at all, before any token: a browser that was lured here may not. A page of
// somebody's whose name was made to point to this address (DNS rebinding) shows in Host; any other page
// shows in Origin or Sec-Fetch-Site.

import type { IncomingHttpHeaders } from "node:http";

/** Names under which everybody means their own machine. A page cannot have them unless it comes from there. */
const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "::1"];

/** Addresses that are no name: bound to all of them, the one that was reached counts. */
const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** The host names under which the API answers. */
export class KnownHosts {
  readonly #names: ReadonlySet<string>;

  /** `bound`: the host of the listen address; `configured`: further names, separated by commas. */
  constructor(bound: string, configured = "") {
    const names = [...LOOPBACK_NAMES, bound, ...configured.split(",")]
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== "" && !WILDCARDS.has(name));
    this.#names = new Set(names);
  }

  /** True for a Host field that names this API. `reached`: the address to which its client connected. */
  has(host: string | undefined, reached: string | undefined): boolean {
    const name = hostName(host);
    if (name === undefined) return false;
    return this.#names.has(name) || name === plainAddress(reached);
  }
}

/** True unless a browser says that a page of another origin sent it. */
export function isOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  // The scheme is a proxy's business: this port speaks plain HTTP, what stands before it may not.
  const host = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1];
  return host !== undefined && host.toLowerCase() === headers.host?.toLowerCase();
}

/** True for an address of this machine's own. */
export function isLoopback(address: string | undefined): boolean {
  const plain = plainAddress(address);
  return plain === "::1" || plain?.startsWith("127.") === true;
}

/** The name in a Host field (RFC 9110 §7.2), without its port; undefined when it is none. */
function hostName(host: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:@/?#[\]]+))(?::\d{1,5})?$/i.exec(host ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/** An IPv4 address that came over IPv6 is an IPv4 address. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, "").toLowerCase();
}
