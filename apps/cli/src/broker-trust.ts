// Who the broker trusts, prepared before it starts: the keys in the state folder, the lines of its
// configuration, and a fresh identity for the listener of this run.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  issueCredentials,
  loadOrCreateTrust,
  serverConfigurationLines,
} from "@penstock/nats-accounts";
import { renderCredentials } from "@penstock/nats-connection";
import { randomBytes } from "node:crypto";

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
export async function prepareBrokerTrust(state: string): Promise<BrokerTrust> {
  const trust = loadOrCreateTrust(state, process.env);
  const name = randomBytes(NAME_BYTES).toString("hex");
  const { credentials } = issueCredentials(trust, "listener", { name });
  const listenerCredentialsFile = join(state, "keys", "listener.credentials");
  await writeFile(listenerCredentialsFile, renderCredentials(credentials), { mode: 0o600 });
  return {
    configurationLines: serverConfigurationLines(trust, {
      accountsDirectory: join(state, "accounts"),
    }),
    listenerCredentialsFile,
  };
}
