// Which requests may leave HTTP (RFC 9110 §7.8). The Upgrade of any other is ignored, as a server may: the
// request is an ordinary one, and its application sees nothing of it. It is its connection's last: node:http
// forgets what came in one packet behind it, and what comes next may begin in the middle of a body.
//
//   HTTP/1.0                    ignored (§7.8: must be)
//   with a body                 ignored: the tunnel's bytes would begin behind it
//   h2, h2c, HTTP/x, TLS/x      ignored: what carries HTTP again would pass requests by the listener
//   behind others               ignored while one of them has no answer: it would need the connection
//   anything else               to the application, which answers 101 or as it likes

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { connectionState } from "./connection-state.ts";

const CARRIES_HTTP = /(?:^|,)[ \t]*(?:h2c?|http\/[^,]*|tls\/[^,]*)[ \t]*(?:,|$)/i;

/** A connection with the response that node:http is writing to it, or has yet to write. */
interface AnsweringSocket extends Socket {
  readonly _httpMessage?: object | null;
}

/** `shouldUpgradeCallback` of every traffic server. */
export function mayUpgrade(request: IncomingMessage): boolean {
  const connection = connectionState(request.socket);
  if (connection.last) return false;
  if (isForApplication(request)) return true;
  connection.last = true;
  connection.lastRequest = request;
  return false;
}

function isForApplication({ httpVersionMinor, headers, socket }: IncomingMessage): boolean {
  if ((socket as AnsweringSocket)._httpMessage) return false;
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
