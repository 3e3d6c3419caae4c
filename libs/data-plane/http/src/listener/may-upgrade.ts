// Which requests may leave HTTP (RFC 9110 §7.8). The Upgrade of any other is ignored, as a server may: the
// request is an ordinary one, and its application sees nothing of it.
//
//   HTTP/1.0                    ignored (§7.8: must be)
//   with a body                 ignored: the tunnel's bytes would begin behind it
//   h2, h2c, HTTP/x, TLS/x      ignored: what carries HTTP again would pass requests by the listener
//   anything else               to the application, which answers 101 or as it likes

import type { IncomingMessage } from "node:http";

const CARRIES_HTTP = /(?:^|,)[ \t]*(?:h2c?|http\/[^,]*|tls\/[^,]*)[ \t]*(?:,|$)/i;

/** `shouldUpgradeCallback` of every traffic server. */
export function mayUpgrade({ httpVersionMinor, headers }: IncomingMessage): boolean {
  if (httpVersionMinor === 0 || headers["transfer-encoding"] !== undefined) return false;
  if (Number(headers["content-length"] ?? 0) !== 0) return false;
  return headers.upgrade !== undefined && !CARRIES_HTTP.test(headers.upgrade);
}

/** The protocols that an Upgrade field names, in lower case. */
export function protocolsOf(upgrade: string | undefined): string[] {
  return (upgrade ?? "")
    .toLowerCase()
    .split(",")
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== "");
}
