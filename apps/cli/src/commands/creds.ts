// The `creds` commands: identities at the broker. Issued from the keys in the state folder. Revoked and listed
// by the controller if one runs, else in the state folder, where it finds them at its start; rotated by the
// controller alone, which moves the living over.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ServiceError } from "@penstock/foundation";
import {
  chooseCredential,
  CredentialRegistry,
  issueCredentials,
  loadOrCreateTrust,
  serverConfigurationLines,
  type Credential,
} from "@penstock/nats-accounts";
import { renderCredentials } from "@penstock/nats-connection";
import { AdminClient, type AdminOptions } from "../admin-client.ts";
import { exitCode } from "../exit-code.ts";
import { columns, print, tell } from "../print.ts";

/** What the commands were told. */
export interface CredsOptions {
  readonly state: string;
}

/** What a rotation has done, in the API's answer. */
interface Rotation {
  readonly shared: boolean;
  readonly pools: readonly string[];
}

/** Prints new credentials for a listener, or for reading metrics. */
export function issue(
  identity: "listener" | "operations",
  name: string,
  options: CredsOptions,
): void {
  const state = resolve(options.state);
  const trust = loadOrCreateTrust(state, process.env);
  const registry = new CredentialRegistry(state);
  const taken = registry
    .all()
    .some((each) => each.kind === identity && each.name === name && each.revokedAt === undefined);
  if (taken) {
    process.exitCode = exitCode.conflict;
    throw new ServiceError(`credentials for ${identity} "${name}" live already`, {
      code: "CREDENTIAL_NAME_TAKEN",
      remedy: "Revoke them first (penstock creds revoke), or choose another name.",
    });
  }
  const issued = issueCredentials(trust, identity, { name });
  registry.add({ kind: identity, name }, issued);
  print(renderCredentials(issued.credentials));
  tell(`issued to ${identity} ${name}; its public key is ${issued.userKey}`);
}

/** Prints what was issued. */
export async function list(
  options: AdminOptions & { readonly output: "table" | "json" },
): Promise<void> {
  const client = AdminClient.ifThere(options);
  const answer = (await client?.askIfThere("GET", "credentials")) as
    { readonly credentials: readonly Credential[] } | undefined;
  const shown = (answer?.credentials ?? openRegistry(options).all()).map(shownCredential);
  if (options.output === "json") {
    print(JSON.stringify(shown, undefined, 2));
    return;
  }
  print(
    columns([
      ["KIND", "NAME", "POOL", "ISSUED", "EXPIRES", "REVOKED", "KEY"],
      ...shown.map(({ kind, name, pool, issued, expires, revoked, key }) => [
        kind,
        name,
        pool ?? "-",
        issued,
        expires ?? "never",
        revoked ?? "-",
        key,
      ]),
    ]),
  );
}

/** Ends credentials. */
export async function revoke(given: string, options: AdminOptions): Promise<void> {
  const path = `credentials/${encodeURIComponent(given)}/revoke`;
  const revoked = (await AdminClient.ifThere(options)?.askIfThere("POST", path)) as
    Credential | undefined;
  if (revoked) {
    tell(`${revoked.kind} ${revoked.name} is disconnected, and refused from now on`);
    return;
  }
  const { kind, name } = revokeInRegistry(openRegistry(options), given);
  tell(
    `no controller answers at ${options.adminListen}: ${kind} ${name} is noted as revoked, and refused from the controller's next start on`,
  );
}

/** Replaces the signing keys. */
export async function rotate(options: AdminOptions): Promise<void> {
  const { shared, pools } = (await new AdminClient(options).post("credentials/rotate")) as Rotation;
  tell(`new signing keys for ${pools.length} pools; their workers are given new tokens now`);
  tell(
    shared
      ? "new signing keys for listeners, operations and the operator: credentials in files stay good until they are revoked, the operator's former key until the broker's next start"
      : "the shared keys were given from outside and stay: replace them where they come from",
  );
}

/** Prints what a nats-server that runs elsewhere needs in its configuration. */
export function server(accountsDirectory: string, options: CredsOptions): void {
  const trust = loadOrCreateTrust(resolve(options.state), process.env);
  print(serverConfigurationLines(trust, { accountsDirectory }).join("\n"));
}

function openRegistry({ state }: CredsOptions): CredentialRegistry {
  const folder = resolve(state);
  if (existsSync(folder)) return new CredentialRegistry(folder);
  process.exitCode = exitCode.notFound;
  throw new ServiceError(`there is no state folder ${state}`, {
    code: "STATE_NOT_FOUND",
    remedy: "Name it with --state.",
  });
}

function revokeInRegistry(registry: CredentialRegistry, given: string): Credential {
  try {
    const chosen = chooseCredential(registry.all(), given);
    registry.revoke(chosen.userKey, Math.floor(Date.now() / 1000));
    return chosen;
  } catch (thrown) {
    const unknown = thrown instanceof ServiceError && thrown.code === "CREDENTIAL_NOT_FOUND";
    process.exitCode = unknown ? exitCode.notFound : exitCode.conflict;
    throw thrown;
  }
}

function shownCredential(credential: Credential) {
  const { kind, name, pool, userKey: key, issuedAt, expiresAt, revokedAt } = credential;
  return {
    kind,
    name,
    ...(pool !== undefined && { pool }),
    issued: time(issuedAt),
    expires: expiresAt === undefined ? null : time(expiresAt),
    revoked: revokedAt === undefined ? null : time(revokedAt),
    key,
  };
}

function time(epochS: number): string {
  return new Date(epochS * 1000).toISOString().replace(".000Z", "Z");
}
