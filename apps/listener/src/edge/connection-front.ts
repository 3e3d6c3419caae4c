// The first bytes of a connection, on ports where they are not HTTP: the PROXY header of a trusted proxy, and
// whether TLS follows where TLS should. Ports of plain http without a PROXY header have no such front.
//
//   accepted --> [PROXY header] --> [first byte of TLS?] --> handed on
//        `------------`--------------------`--------------> refused: closed
//
// What was read beyond a header is put back, so that who comes next reads the connection from its beginning.

import type { Socket } from "node:net";
import type { PeerAddress } from "@penstock/http";
import { readProxyHeader } from "./proxy-header.ts";

/** How long a connection may take to say what it is, milliseconds: a proxy sends its header at once. */
const FIRST_BYTES_MS = 10_000;

/** The first byte of a TLS handshake (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

/** What nginx says, too. */
const PLAIN_TEXT = "This port speaks https, and the request was plain http. Ask with https://.\n";
const PLAIN_ANSWER = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${PLAIN_TEXT.length}\r\nConnection: close\r\n\r\n${PLAIN_TEXT}`;

/** Why a connection was not handed on. */
export type FrontRefusal = "proxy_header" | "plain_http" | "timeout";

/** What a front does. */
export interface ConnectionFrontParts {
  /** Whether this connection begins with a PROXY header. */
  readonly expectsProxyHeader: (socket: Socket) => boolean;
  readonly tls: boolean;
  /** `client`: as a proxy named it. */
  readonly accept: (socket: Socket, client: PeerAddress | undefined) => void;
  readonly refused: (refusal: FrontRefusal, what: string) => void;
}

/** Looks at a new connection, and hands it on. */
export function frontConnection(socket: Socket, parts: ConnectionFrontParts): void {
  let awaitsHeader = parts.expectsProxyHeader(socket);
  let client: PeerAddress | undefined;
  let come: Buffer = Buffer.alloc(0);
  socket.on("error", leave);
  socket.setTimeout(FIRST_BYTES_MS, () => refuse("timeout", "nothing in time"));
  socket.on("readable", read);

  function read(): void {
    const chunk = socket.read() as Buffer | null;
    // Null at the connection's end, and without an end of ours it would stay half open.
    if (chunk === null) {
      if (socket.readableEnded || !socket.readable) socket.destroy();
      return;
    }
    come = come.length === 0 ? chunk : Buffer.concat([come, chunk]);
    if (awaitsHeader) {
      const header = readProxyHeader(come);
      if (header.kind === "incomplete") return;
      if (header.kind === "malformed") {
        refuse("proxy_header", header.what);
        return;
      }
      awaitsHeader = false;
      client = header.client;
      come = come.subarray(header.length);
    }
    if (!parts.tls) {
      hand();
    } else if (come.length > 0) {
      if (come[0] === HANDSHAKE) hand();
      else refuse("plain_http", "no TLS");
    }
  }

  function hand(): void {
    leave();
    socket.off("error", leave);
    socket.setTimeout(0);
    if (come.length > 0) socket.unshift(come);
    parts.accept(socket, client);
  }

  function leave(): void {
    socket.off("readable", read);
    socket.removeAllListeners("timeout");
  }

  function refuse(refusal: FrontRefusal, what: string): void {
    leave();
    parts.refused(refusal, what);
    if (refusal !== "plain_http" || !isRequest(come)) {
      socket.destroy();
      return;
    }
    // The rest of the request is read away, for a while: an unread one would turn the answer into a reset.
    socket.resume();
    socket.setTimeout(FIRST_BYTES_MS, () => socket.destroy());
    socket.end(PLAIN_ANSWER);
    socket.once("end", () => socket.destroy());
  }
}

/** Whether it begins as a request line does: with a method's letters. */
function isRequest(bytes: Buffer): boolean {
  return /^[A-Z]{1,20}(?: |$)/.test(bytes.toString("latin1", 0, 21).split(" ")[0] ?? "");
}
