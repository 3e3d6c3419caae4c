import assert from "node:assert/strict";
import test from "node:test";
import { listenAddress } from "./listen-address.ts";

const addresses: readonly (readonly [text: string, host: string, port: number])[] = [
  ["127.0.0.1:9181", "127.0.0.1", 9181],
  ["localhost:0", "localhost", 0],
  ["0.0.0.0:65535", "0.0.0.0", 65_535],
  ["[::1]:9181", "::1", 9181],
  ["[::]:80", "::", 80],
];

for (const [text, host, port] of addresses) {
  test(`${text} is host ${host} and port ${port}`, () => {
    assert.deepEqual(listenAddress(text), { host, port });
  });
}

for (const text of ["", "9181", ":9181", "host", "host:", "host:x", "host:65536", "::1:9181"]) {
  test(`"${text}" is refused with what to write`, () => {
    assert.throws(() => listenAddress(text), {
      code: "ADDRESS_INVALID",
      message: `"${text}" is not an address to listen on`,
      remedy: /^Write host:port, such as 127\.0\.0\.1:\d+\.$/,
    });
  });
}
