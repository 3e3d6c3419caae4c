// HTTP/2 on connections whose TLS handshake chose it: each stream becomes a request and an answer of the
// request path, within limits that one client cannot stretch for others. Of node:http2 the stream interface is
// used and not the compatibility one (docs/adr/0013-tls-and-http2.md says why).

import type { IncomingMessage, ServerResponse } from "node:http";
import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from "node:http2";
import type { TLSSocket } from "node:tls";
import type { ReasonPhrase } from "@penstock/domain";
import type { RequestLimits } from "../request-limits.ts";
import { Http2Request } from "./http2-request.ts";
import { Http2Response } from "./http2-response.ts";
import { requestFields } from "./request-fields.ts";
import { StreamShare } from "./stream-share.ts";
import { newKey } from "./websocket-handshake.ts";

/** Why a connection was closed before its client wanted. */
export type SessionFault = "share used up" | "protocol error";

/** MB that one connection may hold in node:http2; beyond it, its new streams are refused. */
const SESSION_MEMORY_MB = 10;

/**
 * node:http2 goes on counting what a stream that was reset had not sent. Of so many bytes a connection's client is told
 * to open another, before its new streams are refused.
 */
const UNSENT_MAX = (SESSION_MEMORY_MB << 20) / 2;

/** The limits of a connection. What they do was found by running them (http2-floods.test.ts). */
const serverOptions = (limits: RequestLimits): ServerOptions => ({
  settings: {
    // Requests at once: those above are refused, and clients know to wait (RFC 9113 §5.1.2).
    maxConcurrentStreams: 100,
    // Enforced by node:http2 with a reset, above the limit that we answer with 431.
    maxHeaderListSize: limits.maxRequestBytes * 4,
    enablePush: false,
    // WebSockets, one a stream (RFC 8441 §3).
    enableConnectProtocol: true,
  },
  // Enforced by a reset as well. The pseudo-header fields count.
  maxHeaderListPairs: limits.maxFields === 0 ? limits.maxRequestBytes : limits.maxFields + 10,
  // Streams beyond the 100, and frames that are wrong, until the connection ends.
  maxSessionRejectedStreams: 100,
  maxSessionInvalidFrames: 100,
  // Resets by the client: nghttp2's own limit, somewhat above that of StreamShare.
  streamResetBurst: 300,
  streamResetRate: 30,
  maxSessionMemory: SESSION_MEMORY_MB,
});

/** What {@link Http2Sessions} needs. */
export interface Http2SessionsParts {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Answers a request that cannot be handled. */
  readonly refuse: (
    request: IncomingMessage,
    response: ServerResponse,
    reason: ReasonPhrase,
  ) => void;
  readonly closed: (fault: SessionFault) => void;
  /** A connection without streams is closed because nothing came. */
  readonly idle: (socket: TLSSocket) => void;
  readonly limits: RequestLimits;
  /** Connections without streams are closed after this, milliseconds; 0 = never. */
  readonly idleMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Ends a connection whose client wasted more than its share. */
class ShareUsedUp extends Error {}

/** The HTTP/2 connections of a port. */
export class Http2Sessions {
  readonly #parts: Http2SessionsParts;
  readonly #options: ServerOptions;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(parts: Http2SessionsParts) {
    this.#parts = parts;
    this.#options = serverOptions(parts.limits);
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Speaks HTTP/2 on a connection from here on. */
  accept(socket: TLSSocket): void {
    const session = performServerHandshake(socket, this.#options);
    const share = new StreamShare(this.#parts.now);
    this.#sessions.add(session);
    session.once("close", () => this.#sessions.delete(session));
    session.on("error", (error) =>
      this.#parts.closed(error instanceof ShareUsedUp ? "share used up" : "protocol error"),
    );
    // A request that waits and a tunnel may be silent: only what carries no stream is idle.
    let open = 0;
    let unsent = 0;
    session.setTimeout(this.#parts.idleMs);
    session.on("timeout", () => {
      if (open > 0 || session.closed) return;
      this.#parts.idle(socket);
      session.close();
    });
    session.on("stream", (stream, _headers, _flags, ...rest: unknown[]) => {
      const raw = rest[0] as string[];
      const response = this.#begin(stream, socket, raw);
      open++;
      stream.once("close", () => {
        if (--open === 0) session.setTimeout(this.#parts.idleMs);
        unsent += stream.writableLength;
        if (unsent > UNSENT_MAX) session.close();
        if (response.answered || session.destroyed || share.spend()) return;
        session.destroy(new ShareUsedUp(), constants.NGHTTP2_ENHANCE_YOUR_CALM);
      });
    });
  }

  /** Sends GOAWAY: streams that are there go on, and idle connections end. */
  close(): void {
    for (const session of this.#sessions) session.close();
  }

  #begin(stream: ServerHttp2Stream, socket: TLSSocket, raw: readonly string[]): Http2Response {
    const fields = requestFields(raw, {
      ended: stream.endAfterHeaders,
      bytesMax: this.#parts.limits.maxRequestBytes,
      newKey,
    });
    const request = new Http2Request(stream, socket, fields);
    const response = new Http2Response(request, stream);
    if (fields.refusal !== undefined) {
      this.#parts.refuse(request, response, fields.refusal);
      return response;
    }
    // What came and went in one packet has put nothing into a queue: its reset is read before this runs.
    setImmediate(() => {
      if (!stream.closed && !stream.destroyed) this.#parts.handle(request, response);
    });
    return response;
  }
}
