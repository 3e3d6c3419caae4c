import assert from "node:assert/strict";
import { test } from "node:test";
import { localEndpoint } from "./local-endpoint.ts";

test("the address of a socket is brought into the spelling of prefixes", () => {
  const spellings = {
    "192.0.2.1": "192.0.2.1",
    "::ffff:192.0.2.1": "192.0.2.1",
    "::1": "[::1]",
    "fe80::1%eth0": "[fe80::1]",
    "": "",
    "/run/listener.sock": "",
  };
  for (const [address, expected] of Object.entries(spellings)) {
    assert.deepEqual(localEndpoint("http", 80, address), {
      scheme: "http",
      port: 80,
      address: expected,
    });
  }
});
