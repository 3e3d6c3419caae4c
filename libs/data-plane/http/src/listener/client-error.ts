// What node:http's parser refused before there was a request: answered with the same words as any other
// refusal, on the bare socket, and the connection is closed.

import type { Duplex } from "node:stream";
import { STATUS_CODES } from "node:http";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import { problem } from "./refusal.ts";

/** Parser error codes (llhttp's, node's) that have a reason of their own. All others are BadRequest. */
const REASONS: Readonly<Record<string, ReasonPhrase>> = {
  HPE_HEADER_OVERFLOW: "FieldLength",
  HPE_INVALID_METHOD: "Verb",
  HPE_INVALID_URL: "URL",
  HPE_INVALID_VERSION: "Version_N/S",
  HPE_INVALID_HEADER_TOKEN: "Header",
  ERR_HTTP_REQUEST_TIMEOUT: "Timer_HeaderWait",
};

/** A connection with the response that node:http is writing to it. */
interface AnsweringSocket extends Duplex {
  readonly _httpMessage?: { readonly headersSent: boolean } | null;
}

/** `connect` listener of every traffic server: this is no proxy of that kind (RFC 9110 §9.3.6). */
export function answerConnect(_request: unknown, socket: Duplex): void {
  socket.on("error", () => {});
  answerRaw(socket, "Verb");
}

/** `clientError` listener of every traffic server. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // An answer that is under way must not get a second one into it.
  const answering = (socket as AnsweringSocket)._httpMessage?.headersSent === true;
  if (error.code === "ECONNRESET" || answering || !socket.writable) {
    socket.destroy();
    return;
  }
  answerRaw(socket, REASONS[error.code ?? ""] ?? "BadRequest");
}

function answerRaw(socket: Duplex, reason: ReasonPhrase): void {
  const facts = reasons[reason];
  const body = problem({ reason, detail: "", requestId: "none" });
  socket.end(
    `HTTP/1.1 ${facts.status} ${STATUS_CODES[facts.status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nProxy-Status: penstock; error=${facts.proxyError}; details="${reason}"\r\nConnection: close\r\n\r\n${body}`,
  );
}
