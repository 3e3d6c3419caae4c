import assert from "node:assert/strict";
import { test } from "node:test";
import { readProxyHeader, type ProxyHeader } from "./proxy-header.ts";

/** A version 2 header. */
function version2(command: number, family: number, payload: string, length?: number): Buffer {
  const body = Buffer.from(payload, "hex");
  const head = Buffer.from("0d0a0d0a000d0a515549540a00000000", "hex");
  head[12] = command;
  head[13] = family;
  head.writeUInt16BE(length ?? body.length, 14);
  return Buffer.concat([head, body]);
}

const IPV4 = "cb007109c0000201c35001bb";
const IPV6 = `20010db8${"0".repeat(23)}1${"0".repeat(31)}1c35001bb`;

const clients: readonly (readonly [title: string, header: Buffer, client: string])[] = [
  ["version 1, IPv4", line("TCP4 203.0.113.9 192.0.2.1 50000 443"), "203.0.113.9 50000"],
  ["version 1, IPv6", line("TCP6 2001:db8::1 ::1 50000 443"), "2001:db8::1 50000"],
  ["version 1, a probe", line("UNKNOWN"), "itself"],
  ["version 1, a probe with addresses", line("UNKNOWN ff ff 1 1"), "itself"],
  ["version 2, IPv4", version2(0x21, 0x11, IPV4), "203.0.113.9 50000"],
  ["version 2, IPv4 with TLVs", version2(0x21, 0x11, `${IPV4}030004deadbeef`), "203.0.113.9 50000"],
  ["version 2, IPv6", version2(0x21, 0x21, IPV6), "2001:db8::1 50000"],
  ["version 2, LOCAL", version2(0x20, 0x00, ""), "itself"],
  ["version 2, LOCAL with addresses", version2(0x20, 0x11, IPV4), "itself"],
  ["version 2, unspecified family", version2(0x21, 0x00, ""), "itself"],
  ["version 2, a socket in the file system", version2(0x21, 0x31, "00".repeat(216)), "itself"],
];

function line(text: string): Buffer {
  return Buffer.from(`PROXY ${text}\r\n`);
}

const tell = (read: ProxyHeader): string => {
  if (read.kind !== "header") return read.kind === "malformed" ? read.what : read.kind;
  return read.client ? `${read.client.address} ${read.client.port}` : "itself";
};

for (const [title, header, client] of clients) {
  test(`${title}: the client is known when the header is whole, and not before`, () => {
    for (let length = 0; length < header.length; length++) {
      assert.equal(tell(readProxyHeader(header.subarray(0, length))), "incomplete", `${length}`);
    }
    const read = readProxyHeader(Buffer.concat([header, Buffer.from("GET / HTTP/1.1\r\n")]));
    assert.equal(tell(read), client);
    assert.equal(read.kind === "header" && read.length, header.length);
  });
}

const wrong: readonly (readonly [title: string, bytes: Buffer, what: RegExp])[] = [
  ["a request", Buffer.from("GET / HTTP/1.1\r\n"), /no PROXY header/],
  ["one wrong byte", Buffer.from("PR0"), /no PROXY header/],
  ["TLS", Buffer.of(0x16, 3, 1), /no PROXY header/],
  ["a broken signature", Buffer.from("0d0a0d0a000d0a515549540b", "hex"), /no PROXY header/],
  ["an unknown family", line("UDP4 1.1.1.1 2.2.2.2 1 2"), /family/],
  ["addresses of the other family", line("TCP4 ::1 ::1 1 2"), /addresses/],
  ["an address that is none", line("TCP4 1.1.1.256 2.2.2.2 1 2"), /addresses/],
  ["no ports", line("TCP4 1.1.1.1 2.2.2.2"), /ports/],
  ["a port with a zero in front", line("TCP4 1.1.1.1 2.2.2.2 01 2"), /ports/],
  ["a port too high", line("TCP4 1.1.1.1 2.2.2.2 65536 2"), /ports/],
  ["a port below zero", line("TCP4 1.1.1.1 2.2.2.2 1 -2"), /ports/],
  ["one word more", line("TCP4 1.1.1.1 2.2.2.2 1 2 3"), /more than/],
  ["two blanks", line("TCP4  1.1.1.1 2.2.2.2 1 2"), /addresses/],
  ["a line that does not end", Buffer.from(`PROXY ${"x".repeat(107)}`), /without an end/],
  ["version 3", version2(0x31, 0x11, IPV4), /version/],
  ["an unknown command", version2(0x22, 0x11, IPV4), /command/],
  ["too few bytes for its family", version2(0x21, 0x21, IPV4), /addresses/],
  ["datagrams", version2(0x21, 0x12, IPV4), /family/],
  ["more than anybody sends", version2(0x21, 0x11, "", 65_535), /too long/],
];

for (const [title, bytes, what] of wrong) {
  test(`${title} is malformed`, () => assert.match(tell(readProxyHeader(bytes)), what));
}
