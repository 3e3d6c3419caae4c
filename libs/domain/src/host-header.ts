// The Host header (and an absolute-form target's authority): which host a request names. Its port is
// checked for form and then left alone: the routing table goes by the port of the connection.

import { canonicalAddress } from "./ip-address.ts";
import { hostNameLengthMax, isHostCharacter } from "./host-name.ts";

/** Name, final dot, colon, five digits: nothing valid is longer. */
export const hostHeaderLengthMax = hostNameLengthMax + 7;

const colon = 58;
const dot = 46;
const openingBracket = 91;
const portMax = 65_535;

/**
 * The host that a Host header names: lower case, without port and without final dot; an IPv6 address
 * keeps its brackets. Undefined when the header is not `host [ ":" port ]` (RFC 9110 §7.2): then the
 * request is refused with Hostname.
 */
export function hostOf(header: string): string | undefined {
  if (header.length > hostHeaderLengthMax) return undefined;
  if (header.charCodeAt(0) === openingBracket) return bracketedAddress(header);
  const end = nameEnd(header);
  if (end === 0 || !isPort(header, end)) return undefined;
  const relativeEnd = header.charCodeAt(end - 1) === dot ? end - 1 : end;
  return header.slice(0, relativeEnd).toLowerCase();
}

/** Where the name ends; 0 when it is missing or has an empty label. */
function nameEnd(header: string): number {
  let previous = dot;
  let index = 0;
  for (; index < header.length; index++) {
    const code = header.charCodeAt(index);
    if (!isHostCharacter(code)) break;
    if (code === dot && previous === dot) return 0;
    previous = code;
  }
  return index;
}

function bracketedAddress(header: string): string | undefined {
  const end = header.indexOf("]") + 1;
  const address = end === 0 ? undefined : canonicalAddress(header.slice(1, end - 1));
  if (address === undefined || !isPort(header, end)) return undefined;
  return address.includes(":") ? `[${address}]` : address;
}

/** True for nothing, or a colon and at most five digits; a colon alone means the default (RFC 3986 §3.2.3). */
function isPort(header: string, from: number): boolean {
  if (from === header.length) return true;
  if (header.charCodeAt(from) !== colon || header.length - from > 6) return false;
  let port = 0;
  for (let index = from + 1; index < header.length; index++) {
    const digit = header.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= portMax;
}
