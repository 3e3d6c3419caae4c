// A certificate chain and its private key, checked before anybody relies on them. The same rules say no in
// the configuration file, with a line and a column, and in a listener that finds the files changed.

import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { createSecureContext } from "node:tls";

/** A pair that can be shown to clients. */
export interface CertificatePair {
  readonly kind: "pair";
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether clients that ask for this name, or for `*.` a domain, will accept it. */
  readonly covers: (host: string) => boolean;
  /** The names in it, for people. */
  readonly names: string;
}

/** Which of the two files is wrong, how, and what to do. */
export interface CertificateFault {
  readonly kind: "fault";
  readonly file: "cert" | "key";
  /** Continues "the file …". */
  readonly message: string;
  readonly remedy: string;
}

/** Reads the content of both files. Never throws. */
export function readCertificatePair(cert: Buffer, key: Buffer): CertificatePair | CertificateFault {
  if (!cert.includes("-----BEGIN CERTIFICATE-----")) {
    return fault("cert", "holds no certificate in PEM form", hintFor(cert, "a certificate chain"));
  }
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(cert);
  } catch (thrown) {
    return fault("cert", `cannot be read: ${reason(thrown)}`, "write it anew, it is damaged");
  }
  const privateKey = readKey(key);
  if ("kind" in privateKey) return privateKey;
  if (!leaf.checkPrivateKey(privateKey)) {
    return fault(
      "key",
      "does not belong to the certificate",
      "name the key with which the certificate was requested; the server's own certificate comes first in a chain",
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch (thrown) {
    return fault(
      "cert",
      `cannot be used: ${reason(thrown)}`,
      "have it issued anew, or mend its chain",
    );
  }
  return {
    kind: "pair",
    notBefore: Date.parse(leaf.validFrom),
    notAfter: Date.parse(leaf.validTo),
    covers: (host) => leaf.checkHost(host.replace(/^\*(?=\.)/, "any")) !== undefined,
    names: leaf.subjectAltName?.replaceAll("DNS:", "") ?? leaf.subject.replaceAll("\n", ", "),
  };
}

function readKey(key: Buffer): KeyObject | CertificateFault {
  if (!key.includes("PRIVATE KEY-----")) {
    return fault("key", "holds no private key in PEM form", hintFor(key, "a private key"));
  }
  try {
    return createPrivateKey(key);
  } catch (thrown) {
    if (/passphrase|ENCRYPTED/i.test(`${reason(thrown)}${key.toString("latin1", 0, 64)}`)) {
      return fault(
        "key",
        "is encrypted, and nobody is there to give its passphrase",
        "decrypt it: openssl pkey -in KEY -out DECRYPTED, readable by the listener alone",
      );
    }
    return fault("key", `cannot be read: ${reason(thrown)}`, "write it anew, it is damaged");
  }
}

function hintFor(content: Buffer, wanted: string): string {
  if (content.includes("PRIVATE KEY-----")) return `this is a private key; name ${wanted}`;
  if (content.includes("-----BEGIN CERTIFICATE-----"))
    return `this is a certificate; name ${wanted}`;
  return `name ${wanted} in PEM form; openssl x509 or openssl pkey converts others`;
}

function fault(file: CertificateFault["file"], message: string, remedy: string): CertificateFault {
  return { kind: "fault", file, message, remedy };
}

function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
