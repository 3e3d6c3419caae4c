// Certificates for tests, made while the test runs, so that no key lies in the repository and no other program
// is needed: an X.509 certificate (RFC 5280 §4.1) is a few nested DER values, and Node can sign.

import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What may differ from a certificate that is good for a day from now. */
export interface CertificateChanges {
  /** Epoch milliseconds. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** A self-signed certificate and its key, PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = "06082a8648ce3d040302";
const COMMON_NAME = "0603550403";
const SUBJECT_ALT_NAME = "0603551d11";
const BASIC_CONSTRAINTS = "0603551d13";

/** Makes a certificate for these host names or IPv4 addresses. Clients trust it when it is their `ca`. */
export function aCertificate(
  hosts: readonly string[],
  { notBefore = Date.now() - DAY_MS, notAfter = Date.now() + DAY_MS }: CertificateChanges = {},
): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(0x30, hex(ECDSA_WITH_SHA256));
  const name = der(
    0x30,
    der(0x31, der(0x30, hex(COMMON_NAME), der(0x0c, Buffer.from(hosts[0] ?? "test")))),
  );
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    name,
    der(0x30, time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      der(
        0x30,
        extension(SUBJECT_ALT_NAME, der(0x30, ...hosts.map(alternativeName))),
        extension(BASIC_CONSTRAINTS, der(0x30, der(0x01, Buffer.of(0xff)))),
      ),
    ),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = der(0x30, body, algorithm, der(0x03, Buffer.of(0), signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

/** Writes both files of a certificate, as `PATH.crt` and `PATH.key`. */
export function writeCertificate(
  path: string,
  { cert, key }: TestCertificate,
): { readonly cert: string; readonly key: string } {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.crt`, cert);
  writeFileSync(`${path}.key`, key, { mode: 0o600 });
  return { cert: `${path}.crt`, key: `${path}.key` };
}

function extension(oid: string, value: Buffer): Buffer {
  return der(0x30, hex(oid), der(0x04, value));
}

function alternativeName(host: string): Buffer {
  const octets = host.split(".").map(Number);
  const address = octets.length === 4 && octets.every((octet) => Number.isInteger(octet));
  return address ? der(0x87, Buffer.from(octets)) : der(0x82, Buffer.from(host, "latin1"));
}

/** GeneralizedTime: `20261123185146Z`. */
function time(epochMs: number): Buffer {
  const text = new Date(epochMs).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return der(0x18, Buffer.from(text));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length =
    size < 128 ? Buffer.of(size)
    : size < 256 ? Buffer.of(0x81, size)
    : Buffer.of(0x82, size >> 8, size & 255); // prettier-ignore
  return Buffer.concat([Buffer.of(tag), length, content]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
