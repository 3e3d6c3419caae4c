// A connection of the measurement, with credentials or without.

import { authenticateWith, NatsLink, type Credentials } from "@penstock/nats-connection";

/** Where to, and who. */
export interface LinkSettings {
  readonly url: string;
  readonly name: string;
  readonly inboxPrefix: string;
  /** Undefined: nothing is shown. */
  readonly credentials: Credentials | undefined;
}

/** Connects. `failed` is called with what went wrong and did not end the connection: a right that is missing. */
export function openLink(
  { credentials, ...options }: LinkSettings,
  failed: (what: string, cause: unknown) => void,
): Promise<NatsLink> {
  const authenticate = credentials && authenticateWith(() => credentials);
  return NatsLink.open({ ...options, ...(authenticate && { authenticate }), failed });
}
