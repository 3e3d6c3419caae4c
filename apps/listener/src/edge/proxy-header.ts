// The PROXY protocol's header, versions 1 and 2, by which a load balancer that passes connections on names the
// client of each (haproxy's doc/proxy-protocol.txt). Read from the first bytes of a connection, which may come
// in any pieces:
//
//   version 1   PROXY TCP4 203.0.113.9 192.0.2.1 50000 443 CR LF      107 bytes at most
//               PROXY UNKNOWN … CR LF                                 the balancer itself
//   version 2   signature (12), version and command (1), family (1), length (2), addresses, TLVs
//
// Of TLVs nothing is used. What is no header is malformed at its first wrong byte, so that nobody is waited for.

import { isIP } from "node:net";

/** The client that a header names; undefined when the balancer speaks for itself (a health probe). */
export type ProxiedClient = { readonly address: string; readonly port: number } | undefined;

/** What the first bytes of a connection are. */
export type ProxyHeader =
  | { readonly kind: "incomplete" }
  | { readonly kind: "malformed"; readonly what: string }
  | { readonly kind: "header"; readonly length: number; readonly client: ProxiedClient };

const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const VERSION_1 = Buffer.from("PROXY ");
/** The longest version 1 header, with its line end. */
const LINE_MAX = 107;
/** Of a version 2 header, addresses and TLVs; the format allows 65535, balancers send a few hundred. */
const PAYLOAD_MAX = 2048;

const malformed = (what: string): ProxyHeader => ({ kind: "malformed", what });

/** Reads what is there of a header. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (begins(bytes, SIGNATURE)) return readVersion2(bytes);
  if (begins(bytes, VERSION_1)) return readVersion1(bytes);
  return malformed("no PROXY header");
}

/** Whether `bytes` begin with `head`, as far as they have come. */
function begins(bytes: Buffer, head: Buffer): boolean {
  const length = Math.min(bytes.length, head.length);
  return bytes.compare(head, 0, length, 0, length) === 0;
}

function readVersion1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, LINE_MAX).indexOf("\r\n");
  if (end < 0) {
    return bytes.length < LINE_MAX ? { kind: "incomplete" } : malformed("a line without an end");
  }
  const length = end + 2;
  const [, family = "", source = "", target = "", sourcePort = "", targetPort = "", ...more] = bytes
    .toString("latin1", 0, end)
    .split(" ");
  if (family === "UNKNOWN") return { kind: "header", length, client: undefined };
  const version = family === "TCP4" ? 4 : family === "TCP6" ? 6 : 0;
  if (version === 0) return malformed("an unknown family");
  if (isIP(source) !== version || isIP(target) !== version) return malformed("no addresses");
  if (!isPort(sourcePort) || !isPort(targetPort)) return malformed("no ports");
  if (more.length > 0) return malformed("more than addresses and ports");
  return { kind: "header", length, client: { address: source, port: Number(sourcePort) } };
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readVersion2(bytes: Buffer): ProxyHeader {
  if (bytes.length < 16) return { kind: "incomplete" };
  const [versionAndCommand = 0, familyAndProtocol = 0] = bytes.subarray(12, 14);
  if (versionAndCommand >> 4 !== 2) return malformed("an unknown version");
  const command = versionAndCommand & 15;
  if (command > 1) return malformed("an unknown command");
  const payload = bytes.readUInt16BE(14);
  if (payload > PAYLOAD_MAX) return malformed("too long a header");
  const length = 16 + payload;
  if (bytes.length < length) return { kind: "incomplete" };
  // LOCAL: the balancer's own connection, whatever addresses it gives.
  if (command === 0) return { kind: "header", length, client: undefined };
  const addresses = bytes.subarray(16, length);
  switch (familyAndProtocol) {
    case 0x11:
      if (payload < 12) return malformed("no addresses");
      return {
        kind: "header",
        length,
        client: { address: addresses.subarray(0, 4).join("."), port: addresses.readUInt16BE(8) },
      };
    case 0x21:
      if (payload < 36) return malformed("no addresses");
      return {
        kind: "header",
        length,
        client: { address: ipv6(addresses), port: addresses.readUInt16BE(32) },
      };
    case 0x00:
    case 0x31:
      // Unspecified, or a socket in the file system: there is no address.
      return { kind: "header", length, client: undefined };
    default:
      return malformed("a family that is no stream of IPv4 or IPv6");
  }
}

function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
