// What nats-server's configuration needs so that it trusts one operator and nobody else. Written at each
// start and never reloaded: everything that changes later is published to the running broker.

import { accountToken, operatorToken, sharedAccountClaims } from "./account-tokens.ts";
import { SHARED_ACCOUNTS } from "./topology.ts";
import type { Trust } from "./trust.ts";

/** Where the broker keeps the accounts that were published to it. */
export interface AccountStore {
  /** Absolute. The broker makes it. */
  readonly accountsDirectory: string;
}

/**
 * How much earlier than the trust these accounts are dated, seconds: of two tokens of one second the broker
 * would take the one in its configuration.
 */
const EARLIER_S = 60;

/** The same after a rotation: what was published before it counts no more, what is published with it does. */
const EARLIER_THAN_ROTATION_S = 1;

/**
 * Lines for nats-server's configuration. The shared accounts in it are dated before all others, so that what
 * was published later (a revocation) outlives a restart of the broker.
 */
export function serverConfigurationLines(trust: Trust, store: AccountStore): string[] {
  const { createdAt, rotatedAt } = trust;
  const issuedAt =
    rotatedAt === undefined ? createdAt - EARLIER_S : rotatedAt - EARLIER_THAN_ROTATION_S;
  const preload = SHARED_ACCOUNTS.map((name) => {
    const claims = sharedAccountClaims(trust, name, { revocations: {} });
    const id = trust.id(name);
    return `  ${id}: ${accountToken(trust, { name, id, claims }, issuedAt)}`;
  });
  return [
    `operator: ${operatorToken(trust)}`,
    `system_account: ${trust.id("SYS")}`,
    `resolver: { type: full, dir: ${JSON.stringify(store.accountsDirectory)}, allow_delete: true, interval: "2m", timeout: "1.9s" }`,
    "resolver_preload: {",
    ...preload,
    "}",
  ];
}
