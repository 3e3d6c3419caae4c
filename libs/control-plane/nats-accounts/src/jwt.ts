// NATS tokens: JSON web tokens signed by nkeys. Only written here, and read back to compare: whether a
// token counts is the broker's decision.

import { createHash } from "node:crypto";
import { verifySignature, type Nkey } from "@penstock/nats-connection";
import type { NatsClaims } from "./claims.ts";

const HEADER = base64url(JSON.stringify({ typ: "JWT", alg: "ed25519-nkey" }));

/** What a token says. Times are epoch seconds. */
export interface Token<Claims extends NatsClaims = NatsClaims> {
  readonly name: string;
  /** The public key that it is about. */
  readonly sub: string;
  /** The public key that signed it. */
  readonly iss: string;
  readonly iat: number;
  readonly exp?: number;
  readonly nats: Claims;
}

/** What is signed; who signs and when is added. */
export interface Statement<Claims extends NatsClaims> {
  readonly name: string;
  readonly subject: string;
  readonly claims: Claims;
  readonly issuedAt: number;
  readonly expiresAt?: number;
}

/** Signs a token. */
export function encodeToken<Claims extends NatsClaims>(
  { name, subject, claims, issuedAt, expiresAt }: Statement<Claims>,
  signer: Nkey,
): string {
  const token: Token<Claims> = {
    name,
    sub: subject,
    iss: signer.publicKey,
    iat: issuedAt,
    ...(expiresAt !== undefined && { exp: expiresAt }),
    nats: claims,
  };
  const jti = createHash("sha256").update(JSON.stringify(token)).digest("base64url");
  const signed = `${HEADER}.${base64url(JSON.stringify({ jti, aud: "NATS", ...token }))}`;
  return `${signed}.${signer.sign(Buffer.from(signed)).toString("base64url")}`;
}

/** Reads a token. Undefined when it is none, or not signed by the issuer that it names. */
export function decodeToken(text: string): Token | undefined {
  const [header = "", body = "", signature = "", ...more] = text.trim().split(".");
  if (header !== HEADER || more.length > 0) return undefined;
  try {
    const token = JSON.parse(Buffer.from(body, "base64url").toString()) as Token;
    const signed = Buffer.from(`${header}.${body}`);
    const valid = verifySignature(token.iss, signed, Buffer.from(signature, "base64url"));
    return valid ? token : undefined;
  } catch {
    return undefined;
  }
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
