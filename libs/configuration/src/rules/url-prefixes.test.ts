import assert from "node:assert/strict";
import { test } from "node:test";
import { faultLines, givenConfiguration } from "../given-configuration.ts";

/** Pools a, b, ... with these `urls`; each stands on a line of its own, from line 3 on. */
function poolsWith(...urls: readonly string[]): string {
  const pools = urls.map((list, index) => {
    const name = String.fromCodePoint(0x61 + index);
    return `  ${name}: { command: [serve], urls: ${list} }`;
  });
  return ["version: 1", "applicationPools:", ...pools].join("\n");
}

test("the same path for different categories of host is no conflict", () => {
  const text = poolsWith(
    '["http://+:8080/a/"]',
    '["http://*:8080/a/"]',
    "[http://a.example:8080/a/]",
  );
  assert.equal(givenConfiguration(text).pools.length, 3);
});

const rows: readonly (readonly [title: string, urls: readonly string[], ...faults: string[]])[] = [
  [
    "a prefix of two pools is refused, with both places",
    ['["http://+:8080/a/"]', '["http://+:8080/b/", "HTTP://+:8080/c/", "http://+:8080/A/"]'],
    "4:54 error applicationPools.b.urls[1]: the scheme is written in lower case; write http://",
    '4:73 error applicationPools.b.urls[2]: http://+:8080/a/ is already a prefix of pool "a" at penstock.yaml:3:33',
  ],
  [
    "a prefix that a pool states twice is refused",
    ['["http://+:8080/a/", "http://+:8080/a/"]'],
    '3:53 error applicationPools.a.urls[1]: http://+:8080/a/ is already a prefix of pool "a" at penstock.yaml:3:33',
  ],
  [
    "a port speaks one scheme, and https needs a certificate",
    ['["http://+:8443/a/"]', '["https://+:8443/b/"]'],
    '4:33 error applicationPools.b.urls[0]: port 8443 cannot speak https: it speaks http for pool "a" at penstock.yaml:3:33',
    "4:33 error applicationPools.b.urls[0]: https://+:8443/b/ needs a certificate, and there is none (name one under tls.certificates)",
  ],
  [
    "a fault points at the part of the prefix that is wrong",
    ['["http://+/a/"]'],
    "3:42 error applicationPools.a.urls[0]: the port is missing; write :80 for http's own",
  ],
  [
    "a prefix out of a variable is blamed as a whole",
    ['["http://${HOST}/a/"]'],
    "3:33 error applicationPools.a.urls[0]: the port is missing; write :80 for http's own",
  ],
];

for (const [title, urls, ...faults] of rows) {
  test(title, () => assert.deepEqual(faultLines(poolsWith(...urls)), faults));
}
