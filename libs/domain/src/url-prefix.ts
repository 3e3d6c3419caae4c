// A UrlPrefix: the string by which an application says which requests are its own. Parsed once, at the
// edge; from there on only this value travels, and `fullPrefix` is its identity.
//
//   scheme "://" host ":" port "/" [ segments "/" ]

import { parsePrefixHost, type UrlPrefixCategory } from "./prefix-host.ts";
import { parsePrefixPath } from "./prefix-path.ts";
import { fault, type UrlPrefixFault } from "./url-prefix-fault.ts";

/** What a port speaks; one port, one scheme. */
export type UrlScheme = "http" | "https";

/** A parsed prefix. Frozen; two are the same exactly if their `fullPrefix` is. */
export interface UrlPrefix {
  readonly scheme: UrlScheme;
  readonly category: UrlPrefixCategory;
  /** As it stands in `fullPrefix`: `+`, `*`, `*.example.com`, a name, an IPv4 address, `[…]`. */
  readonly host: string;
  readonly port: number;
  /** Cooked and in lower case: `/` or `/segment/segment/`. */
  readonly path: string;
  readonly fullPrefix: string;
}

/** What became of a string: a prefix, or what is wrong with it and where. */
export type UrlPrefixParse =
  { readonly kind: "prefix"; readonly prefix: UrlPrefix } | UrlPrefixFault;

const defaultPorts = { http: 80, https: 443 } as const;
const portMax = 65_535;

/** Reads a UrlPrefix string. Never throws; the first fault from the left is the result. */
export function parseUrlPrefix(text: string): UrlPrefixParse {
  const schemeEnd = text.indexOf("://");
  const scheme = text.slice(0, Math.max(schemeEnd, 0));
  if (scheme !== "http" && scheme !== "https") return schemeFault(text, scheme);
  const hostStart = schemeEnd + "://".length;
  const slash = text.indexOf("/", hostStart);
  const authorityEnd = slash === -1 ? text.length : slash;
  const authority = text.slice(hostStart, authorityEnd);
  const hostLength = lengthOfHost(authority);
  const written = authority.slice(0, hostLength);
  if (written.includes(":") && !written.startsWith("[")) return colonFault(written, hostStart);
  const host = parsePrefixHost(written, hostStart);
  if ("kind" in host) return host;
  const port = parsePort(authority.slice(hostLength), hostStart + hostLength, scheme);
  if (typeof port === "object") return port;
  const path = parsePrefixPath(text.slice(authorityEnd), authorityEnd);
  if (typeof path === "object") return path;
  const fullPrefix = `${scheme}://${host.host}:${port}${path}`;
  return { kind: "prefix", prefix: Object.freeze({ scheme, ...host, port, path, fullPrefix }) };
}

/** Up to the colon before the port: the one after `]`, or the last one. */
function lengthOfHost(authority: string): number {
  const bracket = authority.startsWith("[") ? authority.indexOf("]") : -1;
  const colon = bracket === -1 ? authority.lastIndexOf(":") : bracket + 1;
  return colon === -1 ? authority.length : colon;
}

function schemeFault(text: string, scheme: string): UrlPrefixFault {
  const lower = scheme.toLowerCase();
  if (lower === "http" || lower === "https") {
    return fault("scheme", 0, `the scheme is written in lower case; write ${lower}://`);
  }
  const found = scheme === "" ? `"${text}" has no scheme` : `${scheme}:// is not served`;
  return fault("scheme", 0, `${found}; write http:// or https://, then host:port/`);
}

function colonFault(host: string, offset: number): UrlPrefixFault {
  const message = `"${host}" has a colon; write one colon before the port`;
  return fault("address", offset, `${message}, and an IPv6 address in brackets, like [::1]`);
}

/** Reads `:port`. */
function parsePort(text: string, offset: number, scheme: UrlScheme): number | UrlPrefixFault {
  const digits = text.slice(1);
  if (digits === "" || !text.startsWith(":")) {
    const message = `the port is missing; write :${defaultPorts[scheme]} for ${scheme}'s own`;
    return fault("port", offset, message);
  }
  if (/^[1-9][0-9]{0,4}$/.test(digits) && Number(digits) <= portMax) return Number(digits);
  const message = `"${digits}" is no port; write a number from 1 to ${portMax}`;
  return fault("port", offset + 1, `${message}, without leading zeros or wildcards`);
}
