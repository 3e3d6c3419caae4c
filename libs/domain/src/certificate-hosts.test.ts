import assert from "node:assert/strict";
import { test } from "node:test";
import { CertificateHosts } from "./certificate-hosts.ts";

const hosts = new CertificateHosts([
  ["shop.example", "exact"],
  ["*.shop.example", "wildcard"],
  ["Blog.Example", "mixed case"],
  ["shop.example", "a second one"],
]);

const rows: readonly (readonly [asked: string, found: string])[] = [
  ["shop.example", "exact"],
  ["SHOP.example", "exact"],
  ["a.shop.example", "wildcard"],
  ["a.b.shop.example", "exact"],
  ["blog.example", "mixed case"],
  ["other.example", "exact"],
  ["localhost", "exact"],
  ["", "exact"],
];

for (const [asked, found] of rows) {
  test(`${JSON.stringify(asked)} gets the certificate "${found}"`, () => {
    assert.equal(hosts.find(asked), found);
  });
}

test("an entry * is the default, wherever it stands", () => {
  const named = new CertificateHosts([
    ["a.example", 1],
    ["*", 2],
  ]);
  assert.equal(named.find("other.example"), 2);
  assert.equal(named.find(""), 2);
  assert.equal(named.find("a.example"), 1);
});

test("without entries there is nothing to find", () => {
  assert.equal(new CertificateHosts([]).find("a"), undefined);
});
