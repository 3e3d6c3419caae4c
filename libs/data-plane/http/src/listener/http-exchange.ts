// A client's HTTP request and its answer, tied to the dispatch protocol: one object per request. Bodies
// stream both ways within the protocol's windows; what the client's connection cannot take yet is not
// credited, so the application waits.

import type { IncomingMessage, ServerResponse } from "node:http";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import { Exchange, RIDE_ALONG_MAX, type Dispatcher, type PoolQueue } from "@penstock/request-queue";
import { encodeRequest, RequestFlag } from "@penstock/wire";
import { answerFields, trailerFields } from "./answer-fields.ts";
import type { ConnectionExpiry } from "./connection-clock.ts";
import { debugFields } from "./debug-fields.ts";
import { keptBytes } from "./kept-bytes.ts";
import { lingerAfterAnswer } from "./lingering-close.ts";
import type { ListenerHttp } from "./listener-http.ts";
import { PacedAnswers, type PacedAnswer } from "./paced-answers.ts";
import { refusalDetail } from "./refusal-detail.ts";
import { writeRefusal } from "./refusal.ts";
import { awaitSmallBody } from "./small-body.ts";
import { versionCookie } from "./version-cookie.ts";
import type { ClientFacts, RequestText } from "./request-text.ts";
import type { ServedUrlGroup } from "./served-url-group.ts";
import { refuseByReset, refusesByReset } from "./tcp-level.ts";

/** Methods that may be repeated without harm (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]);

/** 100 Continue. */
const CONTINUE = 100;

/** Answers without a body, whatever follows their header (RFC 9110 §6.4.1). */
const bodyless = (method: string | undefined, status: number): boolean =>
  method === "HEAD" || status === 204 || status === 304;

/** A request as it came, and where its answer goes. */
export interface HttpMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: RequestText;
  readonly client: ClientFacts;
  /** Whose queue it goes to: the group's pool, or that one's canary. */
  readonly pool: PoolQueue;
  /** A cookie that its answer is to set, `name=value`; "" = none. */
  readonly setCookie: string;
}

/** An exchange whose client speaks HTTP/1.1 to this listener. */
export class HttpExchange extends Exchange implements PacedAnswer {
  readonly group: ServedUrlGroup;
  /** Why Penstock refused it; "" while the application answers. */
  refusedFor: ReasonPhrase | ConnectionExpiry | "" = "";
  /** The worker that answered; "" while there is none. */
  servedBy = "";
  /** Body bytes, both ways. */
  sentBytes = 0;
  receivedBytes = 0;
  readonly startedAt: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  protected readonly http: ListenerHttp;
  readonly #head: RequestText;
  readonly #client: ClientFacts;
  readonly #setCookie: string;
  #body: Buffer | undefined;
  #bodyFollows = false;
  #bodySent = false;
  #reading = false;
  /** Body bytes of the answer that its Content-Length still promises; -1 when it has none. */
  #promised = -1;
  #uncredited = 0;
  /** Body bytes that came, where their number is limited. */
  #bodyBytes = 0;
  #waitsForDrain = false;

  constructor(group: ServedUrlGroup, http: ListenerHttp, message: HttpMessage) {
    super(message.pool);
    this.#setCookie = message.setCookie;
    this.group = group;
    this.http = http;
    this.request = message.request;
    this.response = message.response;
    this.#head = message.head;
    this.#client = message.client;
    this.startedAt = http.now();
  }

  /** Why nobody may get this request. */
  get fault(): ReasonPhrase | undefined {
    return this.#head.fault;
  }

  /** Declared body length; -1 when the body is chunked. */
  get contentLength(): number {
    return this.#head.contentLength;
  }

  get requestId(): string {
    return this.#head.requestId;
  }

  /** True while more of the body is wanted: its client is the one who is waited for. */
  get awaitsBody(): boolean {
    return !this.request.complete && this.request.readableFlowing === true;
  }

  /** Waits for as much of the body as may ride along, then dispatches. */
  begin(dispatcher: Dispatcher): void {
    const length = this.#head.contentLength;
    if (length === 0) {
      dispatcher.dispatch(this);
      return;
    }
    setImmediate(() => {
      // A client that waits for the application's word sends nothing before.
      if (length > 0 && !this.#head.expects && length <= RIDE_ALONG_MAX)
        this.#collect(dispatcher, length);
      else this.#dispatchFollowed(dispatcher);
    });
  }

  get repeatable(): boolean {
    const policy = this.pool.route.delivery.redispatch;
    if (policy === "never" || this.#bodySent) return false;
    return (
      policy === "always" || this.#head.idempotencyKey || IDEMPOTENT.has(this.request.method ?? "")
    );
  }

  envelope(flags: number): Uint8Array {
    const allFlags =
      flags |
      (this.#bodyFollows ? RequestFlag.bodyFollows : 0) |
      (this.#client.encrypted ? RequestFlag.encrypted : 0) |
      (this.request.httpVersionMinor === 0 ? RequestFlag.http10 : 0);
    const deadlineMs = Date.now() + this.pool.route.queueTimeoutMs;
    return encodeRequest(
      { flags: allFlags, attempt: this.attempt, exchange: this.id, deadlineMs },
      this.#head.text,
      this.ridesAlong,
    );
  }

  /** What goes to the worker with the head. */
  protected get ridesAlong(): Buffer | undefined {
    return this.#body;
  }

  claimed(): void {
    if (!this.#bodyFollows) return;
    if (this.#reading) this.request.resume();
    else this.#read();
  }

  bodyCredited(): void {
    if (this.#reading && this.bodyWindow > 0) this.request.resume();
  }

  answer(status: number, lines: string[], body: Buffer, end: boolean): boolean {
    const answer = status < 200 ? undefined : answerFields(lines);
    if (!answer) return false;
    const none = bodyless(this.request.method, status);
    const { fields, contentLength } = answer;
    if (
      !none &&
      contentLength >= 0 &&
      (end ? body.length !== contentLength : body.length > contentLength)
    )
      return false;
    this.#promised = none ? -1 : contentLength;
    this.servedBy = this.worker?.address.worker ?? "";
    if (this.pool.route.responseHeaders === "debug")
      fields.push(...debugFields(this, status, this.http.now()));
    if (this.#setCookie !== "")
      fields.push("Set-Cookie", versionCookie(this.#setCookie, this.#client.encrypted));
    // An early answer: the rest of the request need not be read. And no next one on a port that closes.
    if (!this.request.complete)
      lingerAfterAnswer(this.request, this.group.settings.timeouts.drainEntityBodyMs);
    if (!this.request.complete || this.http.dispatcher.draining) fields.push("Connection", "close");
    const response = this.response;
    try {
      if (lines[0]) response.writeHead(status, lines[0], fields);
      else response.writeHead(status, fields);
    } catch {
      return false;
    }
    const paced = !none && body.length > 0 && this.#isPaced;
    if (end && !paced) {
      if (body.length === 0) response.end();
      else response.end(body);
      if (!none && body.length > 0) this.http.sent(this, body.length);
      this.http.answered(this, status);
    } else if (body.length > 0) {
      this.answerBody(body);
      if (end) this.answerEnd([]);
    } else {
      response.flushHeaders();
    }
    return true;
  }

  interim(status: number, lines: string[]): boolean {
    const { request, response } = this;
    // HTTP/1.0 knows none (RFC 9110 §15.2).
    if (request.httpVersionMinor === 0 || response.destroyed) return true;
    const fields = answerFields(["", ...lines])?.fields;
    if (!fields) return false;
    try {
      // Node closes a connection whose client was never told to go on; so it has to know.
      if (status === CONTINUE) response.writeContinue();
      else response.writeInformation(status, fields);
    } catch {
      return false;
    }
    return true;
  }

  answerBody(chunk: Buffer): void {
    if (this.#promised >= 0) {
      if (chunk.length > this.#promised) {
        this.http.dispatcher.overrun(this);
        return;
      }
      this.#promised -= chunk.length;
    }
    if (this.#isPaced) {
      if (!this.response.headersSent) this.response.flushHeaders();
      this.#pacer.write(this, keptBytes(chunk));
    } else this.writeNow(chunk);
  }

  /** True once nothing more can be sent. */
  get over(): boolean {
    return this.response.destroyed;
  }

  /** Hands answer bytes to the client's connection. */
  writeNow(chunk: Buffer): void {
    this.http.sent(this, chunk.length);
    // Behind others it waits as well.
    if (this.response.write(this.#waitsForDrain ? keptBytes(chunk) : chunk)) {
      this.http.dispatcher.credit(this, chunk.length);
      return;
    }
    this.#uncredited += chunk.length;
    if (this.#waitsForDrain) return;
    this.#waitsForDrain = true;
    this.response.once("drain", () => {
      this.#waitsForDrain = false;
      const consumed = this.#uncredited;
      this.#uncredited = 0;
      this.http.dispatcher.credit(this, consumed);
    });
  }

  answerEnd(trailers: string[]): void {
    if (this.#promised > 0) {
      // The answer is shorter than its Content-Length: only a cut connection tells the client.
      this.http.fellShort(this);
      this.cut();
      return;
    }
    if (trailers.length > 0) this.#addTrailers(trailers);
    if (this.group.paced?.holds(this)) this.#pacer.end(this);
    else this.endNow();
  }

  /** Ends the answer on the client's connection. */
  endNow(): void {
    this.response.end();
    this.http.answered(this, this.response.statusCode);
  }

  refuse(reason: ReasonPhrase, detail: string): void {
    const pool = this.pool;
    if (this.response.headersSent || this.response.destroyed) return;
    this.refusedFor = reason;
    if (refusesByReset(pool.route, reason)) {
      // Logged and counted as what it stands for.
      this.http.answered(this, reasons[reason].status);
      refuseByReset(this.request, this.response);
      return;
    }
    writeRefusal(this.request, this.response, {
      reason,
      detail: refusalDetail(reason, pool, detail),
      pool: pool.name,
      requestId: this.requestId,
      retryAfter: pool.drainRate.retryAfterSeconds(pool.waiting.size),
    });
    this.http.answered(this, this.response.statusCode);
  }

  cut(): void {
    this.response.destroy();
    this.http.answered(this, this.response.statusCode);
  }

  get #isPaced(): boolean {
    const { settings, paced } = this.group;
    return settings.maxBandwidth > 0 || paced?.holds(this) === true;
  }

  get #pacer(): PacedAnswers {
    const { group } = this;
    return (group.paced ??= new PacedAnswers(this.http.clock, () => group.settings.maxBandwidth));
  }

  // ---- the request's body

  /** The declared body is small: it is worth waiting for. */
  #collect(dispatcher: Dispatcher, length: number): void {
    const request = this.request;
    if (request.readableLength >= length) {
      this.#body = request.read() as Buffer;
      this.http.received(this, length);
      dispatcher.dispatch(this);
      return;
    }
    awaitSmallBody({
      request,
      clock: this.http.clock,
      whole: (body) => {
        this.#body = body;
        this.http.received(this, body.length);
        if (!this.response.destroyed) dispatcher.dispatch(this);
      },
      paused: () => {
        this.#bodyFollows = true;
        if (!this.response.destroyed) dispatcher.dispatch(this);
      },
    });
  }

  /** The body is large, or its length is not known: what is here goes along, the rest follows. */
  #dispatchFollowed(dispatcher: Dispatcher): void {
    const request = this.request;
    if (
      !this.#head.expects &&
      request.complete &&
      request.readableLength <= RIDE_ALONG_MAX &&
      request.rawTrailers.length === 0
    ) {
      this.#body = (request.read() as Buffer | null) ?? undefined;
      if (this.#body) this.http.received(this, this.#body.length);
      if (this.#exceeds(this.#body?.length ?? 0)) return;
    } else {
      this.#bodyFollows = true;
    }
    if (!this.response.destroyed) dispatcher.dispatch(this);
  }

  #read(): void {
    this.#reading = true;
    const { request } = this;
    const { dispatcher } = this.http;
    request.on("data", (chunk: Buffer) => {
      // The answer is complete: what the client still sends is discarded.
      if (this.state === "done") return;
      this.http.received(this, chunk.length);
      if (this.#exceeds(chunk.length)) return;
      this.#bodySent = true;
      dispatcher.sendBody(this, chunk);
      if (this.bodyWindow <= 0) request.pause();
    });
    request.on("end", () => {
      if (this.state === "done") return;
      this.#bodySent = true;
      // Trailers that frame a message, or say whom it is for, are not passed on (RFC 9110 §6.5.1).
      dispatcher.sendBodyEnd(this, trailerFields(request.rawTrailers).flat());
    });
    // One that was paused does not go on by itself.
    request.resume();
  }

  /** A body whose length was not declared is found to be too large when it has become so. */
  #exceeds(bytes: number): boolean {
    const { maxRequestBodyBytes } = this.group.settings;
    if (maxRequestBodyBytes === 0) return false;
    this.#bodyBytes += bytes;
    if (this.#bodyBytes <= maxRequestBodyBytes) return false;
    this.http.dispatcher.giveUp(this, "EntityTooLarge", "");
    return true;
  }

  #addTrailers(trailers: readonly string[]): void {
    try {
      this.response.addTrailers(trailerFields(trailers));
    } catch {
      // Trailers that are not valid HTTP are dropped; the body before them is whole.
    }
  }
}
