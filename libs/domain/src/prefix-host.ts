// The host of a UrlPrefix, which decides its category, that is, when it is searched. The table, in
// search order:
//
//   +              strongWildcard     every host
//   name           explicitHost       that Host header
//   *.name         subdomainWildcard  that Host header with exactly one more label
//   IPv4, [IPv6]   ipBound            every Host header, on connections to that local address
//   *              weakWildcard       every host

import { canonicalHostName, endsInNumber, strangeHostCharacter } from "./host-name.ts";
import { canonicalAddress, isIpv4 } from "./ip-address.ts";
import { fault, type UrlPrefixFault } from "./url-prefix-fault.ts";

/** When a prefix is searched, first to last. The first category with a match ends the search. */
export type UrlPrefixCategory =
  "strongWildcard" | "explicitHost" | "subdomainWildcard" | "ipBound" | "weakWildcard";

/** A host and its category, in the spelling that identifies it. */
export interface PrefixHost {
  readonly category: UrlPrefixCategory;
  readonly host: string;
}

/** Reads a prefix's host, which stands at `offset` of the prefix. */
export function parsePrefixHost(text: string, offset: number): PrefixHost | UrlPrefixFault {
  if (text === "+") return { category: "strongWildcard", host: text };
  if (text === "*") return { category: "weakWildcard", host: text };
  if (text === "") {
    return fault("host", offset, "the host is missing; write a name, + for every host, or *");
  }
  if (text.startsWith("[")) return parseIpv6(text, offset);
  return text.startsWith("*.") ? parseSubdomains(text, offset) : parseName(text, offset);
}

function parseIpv6(text: string, offset: number): PrefixHost | UrlPrefixFault {
  const address = canonicalAddress(text.slice(1, -1));
  if (address === undefined || !text.endsWith("]")) {
    return fault("address", offset, `${text} is no IPv6 address; write one like [2001:db8::1]`);
  }
  if (!address.includes(":")) {
    const message = `${text} is an IPv4 address in IPv6 form; write ${address}`;
    return fault("address", offset, message);
  }
  return address === "::"
    ? everyAddress(text, offset)
    : { category: "ipBound", host: `[${address}]` };
}

/** No connection arrives *on* the unspecified address, so a prefix bound to it would never match. */
function everyAddress(text: string, offset: number): UrlPrefixFault {
  return fault("address", offset, `no connection arrives on ${text}; write * for every address`);
}

function parseSubdomains(text: string, offset: number): PrefixHost | UrlPrefixFault {
  const domainStart = "*.".length;
  const domain = parseName(text.slice(domainStart), offset + domainStart);
  if ("kind" in domain) return domain;
  if (domain.category === "explicitHost") {
    return { category: "subdomainWildcard", host: `*.${domain.host}` };
  }
  const message = `${text} puts a wildcard before an address; write a domain, like *.example.com`;
  return fault("wildcard", offset, message);
}

function parseName(text: string, offset: number): PrefixHost | UrlPrefixFault {
  if (isIpv4(text)) {
    return text === "0.0.0.0" ? everyAddress(text, offset) : { category: "ipBound", host: text };
  }
  const strange = strangeHostCharacter(text);
  if (strange !== -1) return strangeCharacter(text, offset, strange);
  const name = canonicalHostName(text);
  if (name === undefined) {
    const message = `"${text}" is no host name; write labels of 1 to 63 letters, digits or dashes`;
    return fault("host", offset, `${message}, separated by single dots`);
  }
  if (!endsInNumber(name)) return { category: "explicitHost", host: name };
  const message = `"${text}" is no IPv4 address; write four numbers from 0 to 255, like 192.0.2.1`;
  return fault("address", offset, message);
}

function strangeCharacter(text: string, offset: number, index: number): UrlPrefixFault {
  const at = offset + index;
  const character = text.charAt(index);
  if (character === "*" || character === "+") {
    const message = `${character} stands alone or, if it is *, for the whole first label`;
    return fault("wildcard", at, `${message}; write +, * or a name like *.example.com`);
  }
  return fault("host", at, `a host has no "${character}"; write a name without port or user`);
}
