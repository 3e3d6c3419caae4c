// Connections of this controller to the broker, each as one identity.

import { issueCredentials, type SharedSigners } from "@penstock/nats-accounts";
import { authenticateWith, NatsLink } from "@penstock/nats-connection";

/** What it takes. */
export interface ConnectAs {
  readonly trust: SharedSigners;
  readonly natsUrl: string;
  readonly failed: (what: string, cause: unknown) => void;
}

const INBOXES = { "account-writer": "_A", controller: "_C" } as const;

/** Connects. Throws ServiceError NATS_UNREACHABLE. */
export function connectAs(
  identity: keyof typeof INBOXES,
  { trust, natsUrl, failed }: ConnectAs,
): Promise<NatsLink> {
  return NatsLink.open({
    url: natsUrl,
    name: identity,
    inboxPrefix: INBOXES[identity],
    // Of the present key, also after a rotation.
    authenticate: authenticateWith(
      () => issueCredentials(trust, identity, { name: identity }).credentials,
    ),
    failed,
  });
}
