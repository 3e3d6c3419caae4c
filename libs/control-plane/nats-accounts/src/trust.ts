// All keys of one Penstock: who signs what.
//
//   operator ── operator signing key ── accounts SYS, QUEUES, EDGE, OPS ── a scoped key for each identity
//                                    └─ an account for each pool ───────── one scoped key: its workers
//
// Signing keys can be replaced while everything runs. The operator's next one is known to the broker before it
// is needed, because the broker reads the operator's token only when it starts. The scoped key of QUEUES stays:
// publishing that account ends every open pull, and its one user never leaves the controller's memory.
//
// The shared keys are one document, made at the first start; a pool's keys are made when it is first seen.
// In a cluster every controller is given the same shared document, and the folder of pools is shared.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, describeError, ServiceError } from "@penstock/foundation";
import { Nkey, type NkeyKind } from "@penstock/nats-connection";
import { sharedIdentities, type IdentityName } from "./identities.ts";
import { KeyFolder } from "./key-folder.ts";
import { PoolTrust } from "./pool-trust.ts";
import { SHARED_ACCOUNTS, type SharedAccount } from "./topology.ts";

/** Names of the shared document, below the state folder and in the environment. */
const DOCUMENT = "trust";
const KEYS_FOLDER = "keys";
const OPERATOR_SIGNER = "operator.signing";
const OPERATOR_NEXT = "operator.next";
const TRUST_FILE_VARIABLE = "PENSTOCK_TRUST_FILE";
const TRUST_VARIABLE = "PENSTOCK_TRUST";

/** The shared document: when it was made, epoch seconds, and the seed of each key by its name. */
interface TrustDocument {
  readonly version: 1;
  readonly createdAt: number;
  readonly seeds: Readonly<Record<string, string>>;
  /** Epoch seconds of the last rotation. */
  readonly rotatedAt?: number;
  /** Public keys that sign no more and are still accepted, by identity. */
  readonly former?: Readonly<Partial<Record<IdentityName, readonly string[]>>>;
}

/** Identities whose scoped key is replaced by a rotation. */
export const ROTATED_IDENTITIES = ["listener", "operations", "account-writer"] as const;

/** One of {@link ROTATED_IDENTITIES}. */
export type RotatedIdentity = (typeof ROTATED_IDENTITIES)[number];

/** Who signs the users of shared accounts. */
export interface SharedSigners {
  /** The public key of a shared account. */
  readonly id: (account: SharedAccount) => string;
  /** The scoped key that signs the users of an identity. */
  readonly signer: (identity: Exclude<IdentityName, "worker">) => Nkey;
}

/** What every controller of one Penstock has in common. */
export interface Trust extends SharedSigners {
  /** Epoch seconds. Tokens in the broker's configuration are dated so, and never displace newer ones. */
  readonly createdAt: number;
  /** Epoch seconds. Absent: the shared keys are those of the beginning. */
  readonly rotatedAt: number | undefined;
  readonly operator: Nkey;
  /** Signs accounts. */
  readonly operatorSigner: Nkey;
  /** Will sign accounts after the next rotation. */
  readonly operatorNext: Nkey;
  readonly pools: PoolTrust;
  /** Public keys that signed users of an identity and are still accepted. */
  readonly former: (identity: Exclude<IdentityName, "worker">) => readonly string[];
  /** The shared keys were given from outside, and are replaced there. */
  readonly sharedGiven: boolean;
  /** Replaces the shared signing keys. The accounts have to be published then. */
  readonly rotate: () => void;
  /** Accepts no former key of an identity any more. The account has to be published then. */
  readonly retire: (identity: RotatedIdentity) => void;
}

/**
 * Loads the keys of a state folder, and makes what is missing. The shared ones come from the file that
 * PENSTOCK_TRUST_FILE names, or from PENSTOCK_TRUST itself, when the environment has one; nothing shared is
 * written then. Throws ServiceError KEYS_UNREADABLE or TRUST_INVALID.
 */
export function loadOrCreateTrust(
  stateDirectory: string,
  environment: NodeJS.ProcessEnv = {},
): Trust {
  const folder = new KeyFolder(join(stateDirectory, KEYS_FOLDER));
  const given = givenDocument(environment);
  let shared = readKeys(given ?? storedDocument(folder));
  const write = (document: TrustDocument): void => {
    assert(!given, "shared keys from outside are not changed here");
    folder.replace(DOCUMENT, document);
    shared = readKeys(document);
  };
  return {
    get createdAt() {
      return shared.document.createdAt;
    },
    get rotatedAt() {
      return shared.document.rotatedAt;
    },
    get operator() {
      return shared.key("operator");
    },
    get operatorSigner() {
      return shared.key(OPERATOR_SIGNER);
    },
    get operatorNext() {
      return shared.key(OPERATOR_NEXT);
    },
    pools: new PoolTrust(new KeyFolder(join(stateDirectory, KEYS_FOLDER, "pools"))),
    id: (account) => shared.key(account).publicKey,
    signer: (identity) => shared.key(signerName(identity)),
    former: (identity) => shared.document.former?.[identity] ?? [],
    sharedGiven: given !== undefined,
    rotate: () => write(rotatedDocument(shared)),
    retire(identity) {
      const { [identity]: _, ...former } = shared.document.former ?? {};
      write({ ...shared.document, former });
    },
  };
}

/**
 * The shared keys as {@link loadOrCreateTrust} would have them, without anything being made or written: undefined where
 * no controller was ever started. Throws as that does.
 */
export function findSharedSigners(
  stateDirectory: string,
  environment: NodeJS.ProcessEnv = {},
): SharedSigners | undefined {
  const document = givenDocument(environment) ?? documentIn(stateDirectory);
  if (!document) return undefined;
  const { key } = readKeys({ ...document, seeds: newDocument(document.seeds).seeds });
  return {
    id: (account) => key(account).publicKey,
    signer: (identity) => key(signerName(identity)),
  };
}

function documentIn(stateDirectory: string): TrustDocument | undefined {
  const path = join(stateDirectory, KEYS_FOLDER);
  if (!existsSync(path)) return undefined;
  const stored = new KeyFolder(path).read(DOCUMENT);
  return stored === undefined ? undefined : readDocument(stored);
}

/** The shared document with its keys made usable. */
interface SharedKeys {
  readonly document: TrustDocument;
  readonly key: (name: string) => Nkey;
}

function readKeys(document: TrustDocument): SharedKeys {
  const keys = new Map(
    Object.entries(document.seeds).map(([name, seed]) => [name, Nkey.fromSeed(seed)]),
  );
  const key = (name: string): Nkey => {
    const found = keys.get(name);
    if (!found) throw trustInvalid(`the key "${name}" is missing`);
    return found;
  };
  for (const [name, kind] of sharedKeys()) {
    if (key(name).kind !== kind) throw trustInvalid(`the key "${name}" is not of kind ${kind}`);
  }
  return { document, key };
}

function rotatedDocument({ document, key }: SharedKeys): TrustDocument {
  const seeds: Record<string, string> = { ...document.seeds };
  seeds[OPERATOR_SIGNER] = key(OPERATOR_NEXT).seed();
  seeds[OPERATOR_NEXT] = Nkey.create("operator").seed();
  const former: Partial<Record<IdentityName, readonly string[]>> = { ...document.former };
  for (const identity of ROTATED_IDENTITIES) {
    const name = signerName(identity);
    former[identity] = [...(former[identity] ?? []), key(name).publicKey];
    seeds[name] = Nkey.create("account").seed();
  }
  return { ...document, seeds, former, rotatedAt: Math.floor(Date.now() / 1000) };
}

/** The shared document as text, to be given to other controllers. Secret. */
export function exportTrust(stateDirectory: string): string {
  return `${JSON.stringify(storedDocument(new KeyFolder(join(stateDirectory, KEYS_FOLDER))))}\n`;
}

function sharedKeys(): (readonly [string, NkeyKind])[] {
  return [
    ["operator", "operator"],
    [OPERATOR_SIGNER, "operator"],
    [OPERATOR_NEXT, "operator"],
    ...SHARED_ACCOUNTS.map((account) => [account, "account"] as const),
    ...sharedIdentities.map(({ name }) => [signerName(name), "account"] as const),
  ];
}

function signerName(identity: IdentityName): string {
  return `signer.${identity}`;
}

function storedDocument(folder: KeyFolder): TrustDocument {
  const stored = folder.read(DOCUMENT);
  if (stored === undefined) return readDocument(folder.create(DOCUMENT, newDocument({})));
  const document = readDocument(stored);
  const complete = sharedKeys().every(([name]) => document.seeds[name] !== undefined);
  if (complete) return document;
  // An identity that a newer version brought: its key is added, the others stay.
  const grown = { ...document, seeds: newDocument(document.seeds).seeds };
  folder.replace(DOCUMENT, grown);
  return grown;
}

function newDocument(present: TrustDocument["seeds"]): TrustDocument {
  const seeds: Record<string, string> = { ...present };
  for (const [name, kind] of sharedKeys()) seeds[name] ??= Nkey.create(kind).seed();
  return { version: 1, createdAt: Math.floor(Date.now() / 1000), seeds };
}

function givenDocument(environment: NodeJS.ProcessEnv): TrustDocument | undefined {
  const file = environment[TRUST_FILE_VARIABLE];
  const text = environment[TRUST_VARIABLE];
  try {
    if (file) return readDocument(JSON.parse(readFileSync(file, "utf8")));
    return text ? readDocument(JSON.parse(text)) : undefined;
  } catch (thrown) {
    if (thrown instanceof ServiceError) throw thrown;
    const why = thrown instanceof SyntaxError ? "it is not JSON" : describeError(thrown);
    throw trustInvalid(`${file ? `${TRUST_FILE_VARIABLE} ` : TRUST_VARIABLE}: ${why}`);
  }
}

function readDocument(value: unknown): TrustDocument {
  const document = (value ?? {}) as Partial<TrustDocument>;
  const { version, createdAt, seeds } = document;
  if (version !== 1 || typeof createdAt !== "number" || typeof seeds !== "object")
    throw trustInvalid("it is no trust document of version 1");
  return { ...document, version, createdAt, seeds };
}

function trustInvalid(why: string): ServiceError {
  return new ServiceError(`the keys of this Penstock cannot be used: ${why}`, {
    code: "TRUST_INVALID",
    remedy: "Restore keys/trust.json from a backup; with new keys every pool starts anew.",
  });
}
