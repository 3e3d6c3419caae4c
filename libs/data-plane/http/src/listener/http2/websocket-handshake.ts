// The opening handshake of a WebSocket (RFC 6455 §4) as an application gets and answers it, for a client that
// opened one by HTTP/2 (RFC 8441 §5): there it has neither a key nor an accept value, and 200 stands for 101.
//
//   client     CONNECT, :protocol websocket          200
//   here       Upgrade and a key of ours go in       101 and its accept value come out, and are checked
//   between    Origin, Sec-WebSocket-Version, -Protocol, -Extensions, and all else, as they are

import { createHash, randomBytes } from "node:crypto";

/** What a server joins to the key (RFC 6455 §1.3). */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The protocol's name, in `:protocol` and in Upgrade. */
export const WEBSOCKET = "websocket";

/** Names of fields that only the handshake of HTTP/1.1 has. What a client says in them is not read. */
export const KEY = "sec-websocket-key";
const ACCEPT = "sec-websocket-accept";

/** A new key (RFC 6455 §4.1): 16 random bytes. */
export function newKey(): string {
  return randomBytes(16).toString("base64");
}

/** The fields by which a request of HTTP/1.1 asks for a WebSocket; name, value, … */
export function askingFields(key: string): string[] {
  return ["Connection", "Upgrade", "Upgrade", WEBSOCKET, "Sec-WebSocket-Key", key];
}

/** What a server answers to a key (RFC 6455 §4.2.2). */
export function acceptValue(key: string): string {
  return createHash("sha1").update(`${key}${GUID}`).digest("base64");
}

/**
 * The fields of the 200 that is made of a 101: its own (name, value, …) without the accept value. Undefined when that
 * is missing, there twice, or not the key's: then the application did not take what was asked for.
 */
export function openingFields(fields: readonly string[], key: string): string[] | undefined {
  const kept: string[] = [];
  let accepted = 0;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = "", value = ""] = [fields[i], fields[i + 1]];
    if (name.toLowerCase() !== ACCEPT) {
      kept.push(name, value);
    } else {
      if (value !== acceptValue(key)) return undefined;
      accepted++;
    }
  }
  return accepted === 1 ? kept : undefined;
}
