// The `creds` commands: identities at the broker, from the keys in the state folder. What is printed is a
// secret, on standard output so that it goes into a file or a pipe.

import { resolve } from "node:path";
import {
  issueCredentials,
  loadOrCreateTrust,
  serverConfigurationLines,
} from "@penstock/nats-accounts";
import { renderCredentials } from "@penstock/nats-connection";
import { print, tell } from "../print.ts";

/** What the commands were told. */
export interface CredsOptions {
  readonly state: string;
}

/** Prints new credentials for a listener, or for reading metrics. */
export function issue(
  identity: "listener" | "operations",
  name: string,
  options: CredsOptions,
): void {
  const trust = loadOrCreateTrust(resolve(options.state), process.env);
  const { credentials, userKey } = issueCredentials(trust, identity, { name });
  print(renderCredentials(credentials));
  tell(`issued to ${identity} ${name}; its public key is ${userKey}`);
}

/** Prints what a nats-server that runs elsewhere needs in its configuration. */
export function server(accountsDirectory: string, options: CredsOptions): void {
  const trust = loadOrCreateTrust(resolve(options.state), process.env);
  print(serverConfigurationLines(trust, { accountsDirectory }).join("\n"));
}
