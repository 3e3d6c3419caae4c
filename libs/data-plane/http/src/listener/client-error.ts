// What node:http's parser refused. In the body of a request that is in hand, that request is refused, or its
// answer cut. In what should have been the next header, a refusal follows when the requests before it have
// their answers: on the bare socket, with the same words as any other. Either way the connection is closed. A
// client that ended in the middle of a message said nothing wrong: it left.

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import type { Dispatcher } from "@penstock/request-queue";
import { connectionState } from "./connection-state.ts";
import type { HttpObserver } from "./listener-http.ts";
import { closeLingering, LINGER_MS } from "./lingering-close.ts";
import { problem } from "./refusal.ts";

/** An error of node:http's parser. */
export interface ParserError extends Error {
  readonly code?: string | undefined;
  /** llhttp's words. */
  readonly reason?: string | undefined;
  /** How much of the packet was read, and the packet, a buffer. */
  readonly bytesParsed?: number | undefined;
  readonly rawPacket?: unknown;
}

/** llhttp's codes that have a reason of their own. All others are BadRequest. */
const REASONS: Readonly<Record<string, ReasonPhrase>> = {
  HPE_INVALID_METHOD: "Verb",
  HPE_INVALID_URL: "URL",
  HPE_INVALID_HEADER_TOKEN: "Header",
  HPE_UNEXPECTED_SPACE: "Header",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "EntityTooLarge",
  /** The connection ended in the middle of a message: its client left. */
  HPE_INVALID_EOF_STATE: "Client_Reset",
  /** The preface of HTTP/2 on a port that does not speak it. */
  HPE_PAUSED_H2_UPGRADE: "Version_N/S",
};

const LINE_FEED = 10;

/** The reason for which a request with this error is refused. */
export function parserReason(error: ParserError): ReasonPhrase {
  const { code = "" } = error;
  // The same code stands for a line that goes on behind the version.
  if (code === "HPE_INVALID_VERSION")
    return error.reason === "Invalid HTTP version" ? "Version_N/S" : "BadRequest";
  if (code === "HPE_HEADER_OVERFLOW") return lineEnded(error) ? "FieldLength" : "URL_Length";
  return REASONS[code] ?? "BadRequest";
}

/** Whether the header was too long behind its first line. */
function lineEnded({ rawPacket, bytesParsed = 0 }: ParserError): boolean {
  if (!(rawPacket instanceof Uint8Array)) return true;
  return rawPacket.subarray(0, bytesParsed + 1).includes(LINE_FEED);
}

/** A connection with the response that node:http is writing to it. */
interface AnsweringSocket extends Socket {
  readonly _httpMessage?: (Duplex & { readonly headersSent: boolean }) | null;
}

/** What {@link ClientErrors} needs. */
export interface ClientErrorsParts {
  readonly dispatcher: Pick<Dispatcher, "giveUp">;
  readonly observer: Pick<HttpObserver, "unmatched">;
}

/** Refuses what could not be parsed. */
export class ClientErrors {
  readonly #dispatcher: ClientErrorsParts["dispatcher"];
  readonly #observer: ClientErrorsParts["observer"];

  constructor(parts: ClientErrorsParts) {
    this.#dispatcher = parts.dispatcher;
    this.#observer = parts.observer;
  }

  /** `clientError` listener of every traffic server. */
  readonly answer = (error: ParserError, socket: Socket): void => {
    const connection = connectionState(socket);
    if (error.code === "ECONNRESET" || !socket.writable) {
      // While it is closed, whatever comes is an error to the parser.
      if (!connection.closing) socket.destroy();
      return;
    }
    const { exchange } = connection;
    // Its last words are said, or on their way.
    if (connection.closing || (connection.last && (!exchange || exchange.state === "done"))) return;
    connection.last = true;
    const reason = parserReason(error);
    if (reason === "Client_Reset") {
      // A request that is in hand is counted when its answer cannot be written any more.
      if (!exchange) this.#observer.unmatched(reason, socket);
      socket.destroy();
      return;
    }
    if (exchange && !exchange.request.complete) {
      this.#dispatcher.giveUp(exchange, reason, "");
      return;
    }
    this.refuse(socket, reason);
  };

  /** `connect` listener of every traffic server: this is no proxy of that kind (RFC 9110 §9.3.6). */
  readonly answerConnect = (_request: unknown, socket: Duplex): void => {
    // Node has taken its listeners away.
    socket.on("error", () => {});
    if (!connectionState(socket).last) this.refuse(socket as Socket, "Verb");
  };

  /** Refuses a request that has not come whole, and closes its connection. */
  refuse(socket: Socket, reason: ReasonPhrase): void {
    connectionState(socket).last = true;
    this.#observer.unmatched(reason, socket);
    refuseBehind(socket, reason);
  }
}

/** Refuses once every request before has its answer. */
function refuseBehind(socket: AnsweringSocket, reason: ReasonPhrase): void {
  const before = socket._httpMessage;
  if (before) before.once("close", () => refuseBehind(socket, reason));
  else if (socket.writable) closeLingering(socket, LINGER_MS, { last: refusalText(reason) });
}

function refusalText(reason: ReasonPhrase): string {
  const { status, proxyError } = reasons[reason];
  const body = problem({ reason, detail: "", requestId: "none" });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    `Proxy-Status: penstock; error=${proxyError}; details="${reason}"`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
