import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressBlocks, addressBlockFault } from "./address-blocks.ts";

const inside: readonly (readonly [block: string, address: string, expected: boolean])[] = [
  ["10.0.0.0/8", "10.200.3.4", true],
  ["10.0.0.0/8", "11.0.0.1", false],
  ["10.0.0.0/8", "::ffff:10.1.1.1", true],
  ["192.0.2.7", "192.0.2.7", true],
  ["192.0.2.7", "192.0.2.8", false],
  ["fd00::/8", "fd12:3456::1", true],
  ["fd00::/8", "fe80::1", false],
  ["::1", "0:0:0:0:0:0:0:1", true],
  ["0.0.0.0/0", "198.51.100.1", true],
  ["0.0.0.0/0", "2001:db8::1", false],
  ["::/0", "2001:db8::1", true],
  ["10.0.0.0/8", "", false],
  ["10.0.0.0/8", "no address", false],
];

for (const [block, address, expected] of inside) {
  test(`${block} ${expected ? "holds" : "does not hold"} ${JSON.stringify(address)}`, () => {
    assert.equal(new AddressBlocks([block]).has(address), expected);
  });
}

const faults: readonly (readonly [text: string, fault: RegExp])[] = [
  ["proxy.example", /"proxy.example" is no IPv4 or IPv6 address/],
  ["10.0.0.0/33", /"\/33" is no length of an IPv4 block; write \/0 to \/32/],
  ["::1/129", /write \/0 to \/128/],
  ["10.0.0.0/", /"\/" is no length/],
  ["10.0.0/8", /"10.0.0" is no IPv4/],
];

for (const [text, fault] of faults) {
  test(`${text} is no block`, () => {
    assert.match(addressBlockFault(text) ?? "", fault);
    assert.equal(new AddressBlocks([text]).has("10.0.0.1"), false);
  });
}

test("nobody is in no block", () => {
  assert.equal(new AddressBlocks([]).has("127.0.0.1"), false);
});
