import assert from "node:assert/strict";
import { test } from "node:test";
import { faultLines, givenConfiguration, poolFile } from "../given-configuration.ts";

const rows: readonly (readonly [title: string, listener: string, ...faults: string[]])[] = [
  ["addresses and blocks are fine", '{ trustedProxies: [10.0.0.0/8, "::1", 192.0.2.1] }'],
  [
    "what is no address is refused",
    "{ trustedProxies: [10.0.0.0/8, proxy.example] }",
    '6:42 error listener.trustedProxies[1]: "proxy.example" is no IPv4 or IPv6 address',
  ],
  [
    "a PROXY header needs somebody who may send it",
    "{ proxyProtocolPorts: [8080] }",
    "6:34 error listener.proxyProtocolPorts[0]: nobody may send a PROXY header (name the proxies under listener.trustedProxies)",
  ],
  [
    "a port that no prefix names is a warning",
    "{ trustedProxies: [127.0.0.1], proxyProtocolPorts: [8080, 9090] }",
    "6:69 warning listener.proxyProtocolPorts[1]: no prefix names port 9090",
  ],
];

for (const [title, listener, ...faults] of rows) {
  test(title, () => {
    assert.deepEqual(faultLines(`${poolFile()}\nlistener: ${listener}`), faults);
  });
}

test("what listeners do besides routing is part of the configuration", () => {
  const text = `${poolFile()}\nlistener: { trustedProxies: [127.0.0.1], proxyProtocolPorts: [8080] }`;
  assert.deepEqual(givenConfiguration(text).edge, {
    certificates: [],
    trustedProxies: ["127.0.0.1"],
    proxyProtocolPorts: [8080],
  });
});
