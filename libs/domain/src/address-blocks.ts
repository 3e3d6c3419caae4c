// A set of addresses, written as single addresses and as blocks: `192.0.2.1`, `10.0.0.0/8`, `fd00::/8`.

import { BlockList } from "node:net";
import { canonicalAddress, isIpv4 } from "./ip-address.ts";

interface Block {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  readonly bits: number;
}

/** What is wrong with a written address or block; undefined when nothing is. */
export function addressBlockFault(text: string): string | undefined {
  const block = parseBlock(text);
  return typeof block === "string" ? block : undefined;
}

/** Addresses that are in one of several blocks. Entries that are none are left out. */
export class AddressBlocks {
  readonly #list = new BlockList();
  readonly #empty: boolean;

  constructor(blocks: readonly string[]) {
    this.#empty = blocks.length === 0;
    for (const text of blocks) {
      const block = parseBlock(text);
      if (typeof block !== "string") {
        this.#list.addSubnet(block.address, block.bits, block.family);
      }
    }
  }

  /** For an address as Node reports it. */
  has(address: string): boolean {
    if (this.#empty) return false;
    const known = canonicalAddress(address);
    return known !== undefined && this.#list.check(known, isIpv4(known) ? "ipv4" : "ipv6");
  }
}

function parseBlock(text: string): Block | string {
  const slash = text.indexOf("/");
  const written = slash < 0 ? text : text.slice(0, slash);
  const address = canonicalAddress(written);
  if (address === undefined) return `"${written}" is no IPv4 or IPv6 address`;
  const family = isIpv4(address) ? "ipv4" : "ipv6";
  const most = family === "ipv4" ? 32 : 128;
  if (slash < 0) return { address, family, bits: most };
  const bits = text.slice(slash + 1);
  return /^[0-9]{1,3}$/.test(bits) && Number(bits) <= most
    ? { address, family, bits: Number(bits) }
    : `"/${bits}" is no length of an ${family === "ipv4" ? "IPv4" : "IPv6"} block; write /0 to /${most}`;
}
