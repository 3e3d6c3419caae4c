// Where a connection arrived: the facts of a socket that routing needs. Made once per connection, so
// that no request has to read an address again.

import { canonicalAddress } from "./ip-address.ts";
import type { UrlScheme } from "./url-prefix.ts";

/** The server's own end of a connection. */
export interface LocalEndpoint {
  readonly scheme: UrlScheme;
  readonly port: number;
  /** Spelled like the host of an IP-bound prefix, so IPv6 in brackets. */
  readonly address: string;
}

/**
 * Describes the server's end of a socket. The address is what Node reports, with a zone (`fe80::1%eth0`)
 * or IPv4 in IPv6 form as may be; what is no address, like a socket's path, matches no IP-bound prefix.
 */
export function localEndpoint(scheme: UrlScheme, port: number, address: string): LocalEndpoint {
  const zone = address.indexOf("%");
  const known = canonicalAddress(zone === -1 ? address : address.slice(0, zone)) ?? "";
  return { scheme, port, address: known.includes(":") ? `[${known}]` : known };
}
