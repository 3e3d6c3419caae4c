// The answer to an HTTP/2 request as node:http's ServerResponse, so that the request path knows one kind of
// answer. Everything by which the request path writes is here; nothing of it reaches HTTP/1.1's own writing.
//
//   head written, not sent -> sent -> ended -> closed
//
// The head waits for the first body bytes or the end: only then is it known whether trailers may follow.

import { ServerResponse, validateHeaderName, validateHeaderValue } from "node:http";
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Http2Request } from "./http2-request.ts";

/** Fields about a connection, which HTTP/2 has not (RFC 9113 §8.2.2). */
const OF_CONNECTIONS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** What node:http writes a head into. */
const HEADER = "_header";

/** Answers without a body (RFC 9110 §6.4.1). */
const bodyless = (method: string | undefined, status: number): boolean =>
  method === "HEAD" || status === 204 || status === 205 || status === 304;

/** The answer of one stream. */
export class Http2Response extends ServerResponse<Http2Request> {
  /** By this node:http knows that a head was written; `headersSent` tells. */
  declare [HEADER]: string | null;
  /** Its tunnel, once {@link openTunnel} has opened one; not to be touched before. */
  readonly stream: ServerHttp2Stream;
  #tunnel = false;
  #fields: string[] = [];
  #sent = false;
  #ended = false;
  #trailers: OutgoingHttpHeaders | undefined;

  constructor(request: Http2Request, stream: ServerHttp2Stream) {
    super(request);
    this.stream = stream;
    stream.on("drain", () => this.emit("drain"));
    // A client that broke a rule or left: `close` follows, and says what matters.
    stream.on("error", () => {});
    // node:http2 tells no end of a stream whose client resets it with NO_ERROR while there is something to read
    // or to write: it would be there, and its request run, until the connection ends.
    stream.once("aborted", () => {
      if (stream.rstCode === constants.NGHTTP2_NO_ERROR) setImmediate(() => stream.destroy());
    });
    stream.once("end", () => {
      if (stream.closed) stream.destroy();
    });
    stream.once("finish", () => {
      this.emit("finish");
      // An early answer: the rest of the request is not wanted (RFC 9113 §8.1), nor is what was for a tunnel.
      if (!this.#tunnel && (!request.complete || request.upgrade))
        stream.close(constants.NGHTTP2_NO_ERROR);
    });
    stream.once("close", () => {
      this.destroyed = true;
      if (!this.#tunnel) this.emit("close");
    });
  }

  /** Whether the request path has said all that it has to say. A client may still leave before it is out. */
  get answered(): boolean {
    return this.#ended;
  }

  /** Bytes that the client has not taken yet. */
  get unsentBytes(): number {
    return this.stream.writableLength;
  }

  /** Throws on fields that are no HTTP; then nothing was written. */
  override writeHead(status: number, ...rest: unknown[]): this {
    const lines = (typeof rest[0] === "string" ? rest[1] : rest[0]) as
      readonly string[] | undefined;
    const fields = responseFields(lines ?? [], status === 204);
    this.statusCode = status;
    this.#fields = [":status", String(status), ...fields];
    this[HEADER] = "HTTP/2";
    // The request path closes a connection that shall carry no next request; here that is a GOAWAY, after
    // which the streams that are there go on.
    if (this.req.complete && saysClose(lines ?? [])) this.stream.session?.close();
    return this;
  }

  /**
   * Answers an extended CONNECT with 200 and leaves the stream to its tunnel: this tells nothing of it any more.
   * Throws on fields that are no HTTP; then nothing was written.
   */
  openTunnel(lines: readonly string[]): void {
    const fields = responseFields(lines);
    this.statusCode = 200;
    this[HEADER] = "HTTP/2";
    this.#tunnel = this.#sent = this.#ended = true;
    // Of a client that has just left, the stream's end follows.
    if (!this.stream.closed) this.stream.respond([":status", "200", ...fields]);
  }

  override flushHeaders(): void {
    this.#send({ trailersMayFollow: true });
  }

  override write(chunk: unknown): boolean {
    this.#send({ trailersMayFollow: true });
    if (this.#ended || this.destroyed) return true;
    return this.stream.write(chunk);
  }

  override end(chunk?: unknown): this {
    if (this.#ended || this.destroyed) return this;
    if (!this.#sent && chunk === undefined) this.#send({ empty: true });
    else this.#send({});
    if (this.#ended) return this;
    this.#end();
    if (chunk === undefined) this.stream.end();
    else this.stream.end(chunk);
    return this;
  }

  override addTrailers(trailers: unknown): void {
    const fields: Record<string, string[]> = {};
    for (const [name, value] of trailers as readonly (readonly [string, string])[]) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      (fields[name.toLowerCase()] ??= []).push(value);
    }
    this.#trailers = fields;
  }

  /** An interim answer. Throws on fields that are no HTTP. */
  override writeInformation(status: number, lines: unknown): void {
    if (this.#sent || this.destroyed) return;
    const fields: Record<string, string[]> = {};
    const flat = responseFields((lines as readonly string[] | undefined) ?? []);
    for (let i = 0; i + 1 < flat.length; i += 2)
      (fields[flat[i] ?? ""] ??= []).push(flat[i + 1] ?? "");
    this.stream.additionalHeaders({ ...fields, ":status": status });
  }

  override writeContinue(): void {
    this.writeInformation(100, []);
  }

  /** Resets the stream. Other streams of the connection go on. */
  override destroy(): this {
    if (this.destroyed) return this;
    this.#ended = true;
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return this;
  }

  /** All is said. */
  #end(): void {
    this.#ended = true;
    if (!this.req.complete || this.req.upgrade) this.req.forget();
  }

  #send(how: { readonly empty?: boolean; readonly trailersMayFollow?: boolean }): void {
    if (this.#sent || this.destroyed || this.stream.closed) return;
    this.#sent = true;
    const none = bodyless(this.req.method, this.statusCode);
    const waitForTrailers = how.trailersMayFollow === true && !none;
    const endStream = how.empty === true || none;
    if (waitForTrailers) {
      this.stream.once("wantTrailers", () => {
        if (!this.stream.closed) this.stream.sendTrailers(this.#trailers ?? {});
      });
    }
    if (endStream) this.#end();
    this.stream.respond(this.#fields, { endStream, waitForTrailers });
  }
}

function saysClose(lines: readonly string[]): boolean {
  for (let i = 0; i + 1 < lines.length; i += 2)
    if (lines[i] === "Connection" && lines[i + 1] === "close") return true;
  return false;
}

/** Lower-case names, without those about the connection; node:http2 does not look at values. */
function responseFields(lines: readonly string[], noLength = false): string[] {
  const fields: string[] = [];
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const name = (lines[i] ?? "").toLowerCase();
    const value = lines[i + 1] ?? "";
    if (OF_CONNECTIONS.has(name)) continue;
    // Clients of HTTP/2 take it for an error (RFC 9110 §8.6).
    if (noLength && name === "content-length") continue;
    validateHeaderName(name);
    validateHeaderValue(name, value);
    fields.push(name, value);
  }
  return fields;
}
