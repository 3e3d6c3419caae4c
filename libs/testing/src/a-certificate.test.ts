import assert from "node:assert/strict";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { test } from "node:test";
import { aCertificate } from "./a-certificate.ts";

test("a made certificate is a certificate, for its hosts, its time and its key", () => {
  const notBefore = Date.UTC(2020, 1, 2, 3, 4, 5);
  const notAfter = Date.UTC(2060, 10, 12, 13, 14, 15);
  const { cert, key } = aCertificate(["a.example", "*.b.example", "127.0.0.1"], {
    notBefore,
    notAfter,
  });
  const read = new X509Certificate(cert);
  assert.equal(read.subjectAltName, "DNS:a.example, DNS:*.b.example, IP Address:127.0.0.1");
  assert.equal(read.checkHost("x.b.example"), "*.b.example");
  assert.equal(Date.parse(read.validFrom), notBefore);
  assert.equal(Date.parse(read.validTo), notAfter);
  assert.ok(read.checkPrivateKey(createPrivateKey(key)));
  assert.ok(read.verify(read.publicKey));
});
