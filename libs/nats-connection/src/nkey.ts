// NATS keys: Ed25519 pairs in a notation of their own. Signed by node:crypto, which takes microseconds; the
// vendor's library computes in JavaScript and takes tens of milliseconds for each signature and each key.
//
//   public key  base32(prefix, key, crc16)                      O… operator, A… account, U… user
//   seed        base32(SEED | prefix >> 5, prefix << 3, seed, crc16)   SO…, SA…, SU…

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { ServiceError } from "@penstock/foundation";
import { crc16, decodeBase32, encodeBase32 } from "./base32.ts";

/** What a key stands for. */
export type NkeyKind = "operator" | "account" | "user";

const PREFIX: Readonly<Record<NkeyKind, number>> = {
  operator: 14 << 3,
  account: 0,
  user: 20 << 3,
};
const SEED_PREFIX = 18 << 3;
const KEY_BYTES = 32;

/** What stands before the 32 bytes in the DER forms of Ed25519 keys (RFC 8410). */
const DER_PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex");
const DER_PUBLIC = Buffer.from("302a300506032b6570032100", "hex");

/** A key pair. Neither its text nor its JSON shows the seed: that takes {@link Nkey.seed}. */
export class Nkey {
  readonly kind: NkeyKind;
  /** The public key in NATS's notation: the identity. */
  readonly publicKey: string;
  readonly #private: KeyObject;

  private constructor(kind: NkeyKind, privateKey: KeyObject) {
    this.kind = kind;
    this.#private = privateKey;
    const { x = "" } = privateKey.export({ format: "jwk" });
    this.publicKey = withChecksum([PREFIX[kind], ...Buffer.from(x, "base64url")]);
  }

  static create(kind: NkeyKind): Nkey {
    return new Nkey(kind, generateKeyPairSync("ed25519").privateKey);
  }

  /** Throws ServiceError NKEY_INVALID; the message does not repeat what was given. */
  static fromSeed(seed: string): Nkey {
    const bytes = checked(seed);
    const [first = 0, second = 0] = bytes;
    const prefix = ((first & 7) << 5) | (second >>> 3);
    const kind = kindOf(prefix);
    if ((first & 0xf8) !== SEED_PREFIX || !kind || bytes.length !== KEY_BYTES + 2)
      throw invalid("it is not the seed of an operator, an account or a user");
    const key = Buffer.concat([DER_PRIVATE, bytes.subarray(2)]);
    return new Nkey(kind, createPrivateKey({ key, format: "der", type: "pkcs8" }));
  }

  /** The secret, in NATS's notation. */
  seed(): string {
    const { d = "" } = this.#private.export({ format: "jwk" });
    const prefix = PREFIX[this.kind];
    const head = [SEED_PREFIX | (prefix >>> 5), (prefix & 31) << 3];
    return withChecksum([...head, ...Buffer.from(d, "base64url")]);
  }

  sign(message: Uint8Array): Buffer {
    return sign(null, message, this.#private);
  }
}

/** Whether a message was signed by the owner of a public key. False for what is no public key. */
export function verifySignature(
  publicKey: string,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const bytes = decodeBase32(publicKey);
  if (bytes?.length !== KEY_BYTES + 3 || !kindOfKey(publicKey)) return false;
  const der = Buffer.concat([DER_PUBLIC, bytes.subarray(1, -2)]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, message, key, signature);
}

/** What a public key stands for; undefined when it is none. */
export function kindOfKey(publicKey: string): NkeyKind | undefined {
  const bytes = decodeBase32(publicKey);
  if (bytes?.length !== KEY_BYTES + 3 || !endsWithChecksum(bytes)) return undefined;
  return kindOf(bytes[0] ?? -1);
}

function kindOf(prefix: number): NkeyKind | undefined {
  const kinds = Object.keys(PREFIX) as NkeyKind[];
  return kinds.find((kind) => PREFIX[kind] === prefix);
}

function withChecksum(bytes: readonly number[]): string {
  const crc = crc16(Uint8Array.from(bytes));
  return encodeBase32(Uint8Array.from([...bytes, crc & 255, crc >>> 8]));
}

function checked(text: string): Buffer {
  const bytes = decodeBase32(text);
  if (!bytes || !endsWithChecksum(bytes))
    throw invalid("it is damaged: its checksum does not match");
  return bytes.subarray(0, -2);
}

function endsWithChecksum(bytes: Buffer): boolean {
  return bytes.length > 2 && crc16(bytes.subarray(0, -2)) === bytes.readUInt16LE(bytes.length - 2);
}

function invalid(why: string): ServiceError {
  return new ServiceError(`a NATS key cannot be used: ${why}`, { code: "NKEY_INVALID" });
}
