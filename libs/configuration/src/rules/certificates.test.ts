import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { aCertificate } from "@penstock/testing";
import { faultLines, given } from "../given-configuration.ts";
import { renderConfiguration } from "../render-configuration.ts";

const folder = mkdtempSync(join(tmpdir(), "penstock-certificates-"));
after(() => rmSync(folder, { recursive: true }));

const NOW = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;

const good = aCertificate(["shop.example", "*.shop.example"], {
  notBefore: NOW - DAY,
  notAfter: NOW + DAY,
});
const other = aCertificate(["other.example"]);
const encrypted = createPrivateKey(good.key).export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "secret",
});

/** A file with one https prefix and one certificate made of these two contents. */
function faultsOf({
  url = "https://shop.example:8443/",
  host = "shop.example",
  cert = good.cert,
  key = good.key,
}) {
  writeFileSync(join(folder, "a.crt"), cert);
  writeFileSync(join(folder, "a.key"), key);
  const text = [
    "version: 1",
    `applicationPools: { a: { command: [serve], urls: ["${url}"] } }`,
    "tls:",
    "  certificates:",
    `    - host: "${host}"`,
    "      cert: a.crt",
    "      key: a.key",
  ].join("\n");
  return faultLines(text, { directory: folder, now: NOW }).map((line) =>
    line.replaceAll(`${folder}/`, ""),
  );
}

const rows: readonly (readonly [
  title: string,
  written: Parameters<typeof faultsOf>[0],
  ...faults: readonly RegExp[],
])[] = [
  ["a certificate that fits is fine", {}],
  ["a wildcard covers one label", { url: "https://a.shop.example:8443/", host: "*.shop.example" }],
  ["a prefix for all hosts needs no name", { url: "https://+:8443/" }],
  ["an entry * is for everybody", { url: "https://+:8443/", host: "*" }],
  [
    "an empty certificate",
    { cert: "" },
    /^6:13 error tls.certificates\[0\].cert: a.crt holds no certificate in PEM form/,
  ],
  ["a key as certificate", { cert: good.key }, /^6:13 error .*this is a private key; name a cert/],
  [
    "a damaged certificate",
    { cert: `${good.cert.slice(0, 200)}\n-----END CERTIFICATE-----\n` },
    /^6:13 error .*a.crt cannot be read/,
  ],
  [
    "a chain with a damaged second certificate",
    { cert: `${good.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n` },
    /^6:13 error .*a.crt cannot be used/,
  ],
  ["a certificate as key", { key: good.cert }, /^7:12 error .*key: a.key holds no private key/],
  ["another's key", { key: other.key }, /^7:12 error .*a.key does not belong to the certificate/],
  ["an encrypted key", { key: String(encrypted) }, /^7:12 error .*is encrypted.*openssl pkey -in/],
  [
    "a damaged key",
    { key: good.key.replace("\n", "\nAAAA") },
    /^7:12 error .*a.key cannot be read/,
  ],
  [
    "a key too weak for TLS",
    {
      key: generateKeyPairSync("rsa", { modulusLength: 1024 })
        .privateKey.export({ type: "pkcs8", format: "pem" })
        .toString(),
    },
    /^7:12 error .*does not belong/,
  ],
  [
    "a certificate that has expired is a warning",
    aCertificate(["shop.example"], { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY }),
    /^6:13 warning .*cert: a.crt expired on 2026-11-22/,
  ],
  [
    "so is one that is not valid yet",
    aCertificate(["shop.example"], { notBefore: NOW + DAY, notAfter: NOW + 9 * DAY }),
    /^6:13 warning .*not valid before 2026-11-24/,
  ],
  [
    "a certificate for another name is a warning",
    { ...aCertificate(["other.example"], { notBefore: NOW - DAY }), host: "shop.example" },
    /^5:13 warning .*host: a.crt is for other.example, not for shop.example: clients will refuse it/,
  ],
  [
    "a prefix that no certificate is for is a warning",
    { url: "https://blog.example:8443/" },
    /^2:51 warning applicationPools.a.urls\[0\]: no certificate is for blog.example; clients get that for shop.example/,
  ],
];

for (const [title, written, ...faults] of rows) {
  test(title, () => {
    const found = faultsOf(written);
    assert.equal(found.length, faults.length, found.join("\n"));
    for (const [index, fault] of faults.entries()) assert.match(found[index] ?? "", fault);
    assert.doesNotMatch(found.join("\n"), /MIG|secret/, "nothing of a key is shown");
  });
}

test("files that cannot be read are an error where they are to be read, else a warning", () => {
  const text =
    "version: 1\ntls: { certificates: [{ host: a.example, cert: no.crt, key: no.key }] }";
  const surrounding = { directory: "/nowhere", now: NOW };
  assert.deepEqual(faultLines(text, surrounding), [
    "2:48 error tls.certificates[0].cert: /nowhere/no.crt cannot be read (ENOENT) (relative paths start at this file)",
    "2:61 error tls.certificates[0].key: /nowhere/no.key cannot be read (ENOENT) (relative paths start at this file)",
  ]);
  assert.deepEqual(faultLines(text, { ...surrounding, certificateFiles: "elsewhere" }), [
    "2:48 warning tls.certificates[0].cert: /nowhere/no.crt cannot be read (ENOENT) here; listeners will try",
    "2:61 warning tls.certificates[0].key: /nowhere/no.key cannot be read (ENOENT) here; listeners will try",
  ]);
});

test("a host is written as clients ask for it", () => {
  const text = 'version: 1\ntls: { certificates: [{ host: "https://a", cert: a, key: b }] }';
  assert.match(faultLines(text)[0] ?? "", /^2:31 error .*host: .*expected a host name such as/);
});

test("a shown configuration names the files of a certificate, and holds nothing of them", () => {
  writeFileSync(join(folder, "s.crt"), good.cert);
  writeFileSync(join(folder, "s.key"), good.key);
  const text =
    "version: 1\ntls: { certificates: [{ host: shop.example, cert: s.crt, key: s.key }] }";
  const parsed = given(text, { directory: folder, now: NOW });
  assert(parsed.kind === "ok");
  const shown = renderConfiguration(parsed.configuration);
  assert.ok(shown.includes(`key: ${folder}/s.key`), shown);
  assert.doesNotMatch(shown, /BEGIN|MIG/);
  const again = given(shown, { directory: "/elsewhere", now: NOW });
  assert(again.kind === "ok");
  assert.deepEqual(again.configuration, parsed.configuration);
});
