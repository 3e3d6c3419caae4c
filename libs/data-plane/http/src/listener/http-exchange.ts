// A client's HTTP request and its answer, tied to the dispatch protocol: one object per request. Bodies
// stream both ways within the protocol's windows; what the client's connection cannot take yet is not
// credited, so the application waits.

import type { IncomingMessage, ServerResponse } from "node:http";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import type { Clock } from "@penstock/foundation";
import { Exchange, RIDE_ALONG_MAX, type Dispatcher, type PoolQueue } from "@penstock/request-queue";
import { encodeRequest, RequestFlag } from "@penstock/wire";
import { answerFields, trailerFields } from "./answer-fields.ts";
import type { BodyPace } from "./body-pace.ts";
import type { ConnectionExpiry } from "./connection-clock.ts";
import { debugFields } from "./debug-fields.ts";
import { KeptBody } from "./kept-body.ts";
import { keptBytes } from "./kept-bytes.ts";
import { lingerAfterAnswer } from "./lingering-close.ts";
import type { ListenerHttp } from "./listener-http.ts";
import { PacedAnswers, type PacedAnswer } from "./paced-answers.ts";
import type { RequestBody } from "./request-body.ts";
import { StreamedBody } from "./streamed-body.ts";
import { refusalDetail } from "./refusal-detail.ts";
import { writeRefusal } from "./refusal.ts";
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
  /** How fast its body comes; undefined while that was not waited for long enough to be seen. */
  bodyPace: BodyPace | undefined = undefined;
  readonly startedAt: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  protected readonly http: ListenerHttp;
  readonly #head: RequestText;
  readonly #client: ClientFacts;
  readonly #setCookie: string;
  /** Undefined for a request without one. */
  #body: RequestBody | undefined;
  /** Its client was told to go on. */
  #invited = false;
  /** Body bytes of the answer that its Content-Length still promises; -1 when it has none. */
  #promised = -1;
  #uncredited = 0;
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

  get dispatcher(): Dispatcher {
    return this.http.dispatcher;
  }

  get clock(): Clock {
    return this.http.clock;
  }

  /** True while more of the body is wanted: its client is the one who is waited for. */
  get awaitsBody(): boolean {
    if (this.request.complete || this.request.readableFlowing !== true) return false;
    // A client that waits for the application's word is not the one.
    return !this.#head.expects || this.#invited || this.receivedBytes > 0;
  }

  /** Dispatches, with as much of the body as goes along. */
  begin(dispatcher: Dispatcher): void {
    const { contentLength: length, expects } = this.#head;
    if (length === 0) {
      dispatcher.dispatch(this);
      return;
    }
    const small = length > 0 && length <= RIDE_ALONG_MAX && !expects;
    const body = small ? new KeptBody(this, length) : new StreamedBody(this, expects);
    this.#body = body;
    setImmediate(() => body.begin(dispatcher));
  }

  /** Body bytes are here. False when they are too many: the request was given up. */
  takeBody(bytes: number): boolean {
    this.http.received(this, bytes);
    const { maxRequestBodyBytes } = this.group.settings;
    // A body whose length was not declared is found to be too large when it has become so.
    if (maxRequestBodyBytes === 0 || this.receivedBytes <= maxRequestBodyBytes) return true;
    this.http.dispatcher.giveUp(this, "EntityTooLarge", "");
    return false;
  }

  get repeatable(): boolean {
    const policy = this.pool.route.delivery.redispatch;
    if (policy === "never" || this.#body?.repeatable === false) return false;
    return (
      policy === "always" || this.#head.idempotencyKey || IDEMPOTENT.has(this.request.method ?? "")
    );
  }

  envelope(flags: number): Uint8Array {
    this.#body?.embark();
    const allFlags =
      flags |
      (this.#body?.follows ? RequestFlag.bodyFollows : 0) |
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
    return this.#body?.along;
  }

  claimed(): void {
    this.#body?.claimed();
  }

  bodyCredited(): void {
    this.#body?.credited();
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
      lingerAfterAnswer(this.request, this.group.settings.timeouts.drainEntityBodyMs, () =>
        this.http.drainExpired(this),
      );
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
      if (status === CONTINUE) {
        response.writeContinue();
        this.#invited = true;
      } else response.writeInformation(status, fields);
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

  #addTrailers(trailers: readonly string[]): void {
    try {
      this.response.addTrailers(trailerFields(trailers));
    } catch {
      // Trailers that are not valid HTTP are dropped; the body before them is whole.
    }
  }
}
