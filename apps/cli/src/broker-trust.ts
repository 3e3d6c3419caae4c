// Who the broker trusts, prepared before it starts: the keys in the state folder, the lines of its
// configuration, and the identity of this machine's listener.

import { readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  CredentialRegistry,
  issueCredentials,
  loadOrCreateTrust,
  serverConfigurationLines,
  type Trust,
} from "@penstock/nats-accounts";
import { Nkey, parseCredentials, renderCredentials } from "@penstock/nats-connection";

/** Random bytes in a listener's name. */
const NAME_BYTES = 6;

/** What the processes of `penstock up` need of the trust. */
export interface BrokerTrust {
  /** For nats-server's configuration. */
  readonly configurationLines: readonly string[];
  /** File of mode 600 with the listener's credentials. */
  readonly listenerCredentialsFile: string;
}

/** Loads the trust of a state folder, or makes it. */
export function prepareBrokerTrust(state: string): BrokerTrust {
  const trust = loadOrCreateTrust(state, process.env);
  const listenerCredentialsFile = join(state, "keys", "listener.credentials");
  prepareListener(trust, new CredentialRegistry(state), listenerCredentialsFile);
  return {
    configurationLines: serverConfigurationLines(trust, {
      accountsDirectory: join(state, "accounts"),
    }),
    listenerCredentialsFile,
  };
}

/** Keeps the listener's credentials of the run before while they are good: others in their place are revoked for good. */
function prepareListener(trust: Trust, registry: CredentialRegistry, file: string): void {
  const held = registry.find(heldKey(file) ?? "");
  const lives = held !== undefined && held.revokedAt === undefined;
  if (lives && held.signer === trust.signer("listener").publicKey) return;
  const name = randomBytes(NAME_BYTES).toString("hex");
  const issued = issueCredentials(trust, "listener", { name });
  registry.add({ kind: "listener", name }, issued);
  writeFileSync(file, renderCredentials(issued.credentials), { mode: 0o600 });
  if (lives) registry.revoke(held.userKey, Math.floor(Date.now() / 1000));
}

/** Whose credentials a file holds; undefined when there is none that can be read. */
function heldKey(file: string): string | undefined {
  try {
    return Nkey.fromSeed(parseCredentials(readFileSync(file, "utf8")).seed).publicKey;
  } catch {
    return undefined;
  }
}
