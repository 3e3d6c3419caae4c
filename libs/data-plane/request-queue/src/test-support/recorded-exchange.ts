// A request whose client is a test: it sends the body that it was given, writes down what it gets, and
// consumes it at once unless it is told to be slow.

import { encodeRequest, RequestFlag } from "@penstock/wire";
import type { ReasonPhrase } from "@penstock/domain";
import type { Dispatcher } from "../dispatcher.ts";
import { Exchange } from "../exchange.ts";
import type { PoolQueue } from "../pool-queue.ts";

/** What a test's client asks. */
export interface RecordedRequest {
  readonly dispatcher: Dispatcher;
  readonly pool: PoolQueue;
  readonly listener: string;
  readonly method?: string;
  readonly target?: string;
  /** Rides along. */
  readonly body?: Uint8Array | undefined;
  /** Asks to leave HTTP. What it says in the tunnel, {@link RecordedExchange.say} says. */
  readonly upgrade?: boolean;
  /** Follows in frames. */
  readonly stream?: readonly Uint8Array[] | undefined;
  /** Comes as {@link RecordedExchange.feed} says, and is kept: what is here goes along, the rest follows. */
  readonly kept?: Uint8Array | undefined;
  readonly trailers?: readonly string[];
  /** Epoch milliseconds; 0 = none. */
  readonly deadlineMs?: number;
}

/** An exchange that writes down what happens to it. */
export class RecordedExchange extends Exchange {
  readonly dispatcher: Dispatcher;
  /** How it ended, in order; more than one entry is a broken promise. */
  readonly outcomes: string[] = [];
  readonly method: string;
  readonly target: string;
  status = 0;
  lines: string[] = [];
  body = Buffer.alloc(0);
  trailers: string[] = [];
  /** Of a tunnel: what its client said, and whether both sent their last. */
  said = Buffer.alloc(0);
  finSaid = false;
  finHeard = false;
  readonly interims: number[] = [];
  detail = "";
  /** Client that reads nothing until {@link consume}. */
  slow = false;
  unread = 0;
  /** How often a worker got it. */
  claims = 0;
  /** Answers that are not valid HTTP, to the test's taste. */
  refusesHead = false;
  /** Called in the middle of `answer`, `answerBody` and `refuse`. */
  during: (() => void) | undefined;
  readonly #request: RecordedRequest;
  #sent = 0;
  #bodyBegun = false;
  #endSent = false;
  /** Of a body that is kept: how much came, and for which attempt it was settled what goes along. */
  #came = 0;
  #settledFor = 0;
  #along = 0;
  #keptFollows = false;

  constructor(request: RecordedRequest) {
    super(request.pool);
    this.dispatcher = request.dispatcher;
    this.#request = request;
    this.method = request.method ?? "GET";
    this.target = request.target ?? "/";
  }

  /** How it ended; undefined while it has not. */
  get outcome(): string | undefined {
    return this.outcomes.length > 1 ? this.outcomes.join(" and ") : this.outcomes[0];
  }

  get repeatable(): boolean {
    return this.method !== "POST" && !this.#bodyBegun;
  }

  override get asksUpgrade(): boolean {
    return this.#request.upgrade === true;
  }

  /** The client speaks into its tunnel: as much as the window takes now. False when that is not all. */
  say(bytes: Uint8Array): boolean {
    if (this.bodyWindow < bytes.length) return false;
    this.dispatcher.sendBody(this, bytes);
    this.said = Buffer.concat([this.said, bytes]);
    return true;
  }

  /** The client sends nothing more into its tunnel. */
  fin(): void {
    if (this.state !== "tunnel" || this.finSaid) return;
    this.finSaid = true;
    this.dispatcher.sendBodyEnd(this, []);
    if (this.over) this.outcomes.push("tunnel closed");
  }

  /** More of a body that is kept comes. */
  feed(bytes: number): void {
    const { kept } = this.#request;
    if (!kept || this.over) return;
    this.#came = Math.min(kept.length, this.#came + bytes);
    this.#sendKept(kept);
  }

  /** True after its end, which {@link during} may have brought about. */
  get over(): boolean {
    return this.state === "done";
  }

  /** The client reads what came. */
  consume(): void {
    const bytes = this.unread;
    this.unread = 0;
    this.dispatcher.credit(this, bytes);
  }

  envelope(flags: number): Uint8Array {
    const { listener, stream, kept, deadlineMs = 0 } = this.#request;
    if (kept) this.#settle(kept);
    const body = kept ? kept.subarray(0, this.#along) : this.#request.body;
    const follows =
      (stream || this.#keptFollows ? RequestFlag.bodyFollows : 0) |
      (this.asksUpgrade ? RequestFlag.upgrade : 0);
    const numbers = {
      flags: flags | follows,
      attempt: this.attempt,
      exchange: this.id,
      deadlineMs,
    };
    const fixed = [listener, this.method, this.target, "192.0.2.1", "5000", "192.0.2.2", "80"];
    return encodeRequest(numbers, [...fixed, "X-Id", this.target].join("\n"), body);
  }

  claimed(): void {
    this.claims++;
    const { kept } = this.#request;
    if (!kept) return this.#send();
    this.#sent = this.#along;
    this.#endSent = !this.#keptFollows;
    this.#sendKept(kept);
  }

  bodyCredited(): void {
    this.#send();
  }

  answer(status: number, lines: string[], body: Buffer, end: boolean): boolean {
    this.during?.();
    if (this.over) return true;
    if (this.refusesHead || status < 200) return false;
    this.status = status;
    this.lines = lines;
    this.#take(body);
    if (end) this.outcomes.push("answered");
    return true;
  }

  interim(status: number): boolean {
    if (status < 100 || status > 199) return false;
    this.interims.push(status);
    return true;
  }

  override switchProtocols(lines: string[]): boolean {
    if (this.refusesHead) return false;
    this.status = 101;
    this.lines = lines;
    return true;
  }

  override closeTunnel(): void {
    this.outcomes.push("tunnel closed");
  }

  answerBody(chunk: Buffer): void {
    this.during?.();
    if (this.over) return;
    this.#take(chunk);
  }

  answerEnd(trailers: string[]): void {
    if (this.state === "tunnel") {
      this.finHeard = true;
      return;
    }
    this.trailers = trailers;
    this.outcomes.push("answered");
  }

  refuse(reason: ReasonPhrase, detail: string): void {
    this.outcomes.push(reason);
    this.detail = detail;
    this.during?.();
  }

  cut(): void {
    this.outcomes.push("cut");
  }

  #take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.body = Buffer.concat([this.body, bytes]);
    this.unread += bytes.length;
    if (!this.slow) this.consume();
  }

  /** Once for each number: of two workers that have it, either may be heard. */
  #settle(kept: Uint8Array): void {
    if (this.#settledFor === this.id) return;
    this.#settledFor = this.id;
    this.#along = this.#came;
    this.#keptFollows = this.#came < kept.length;
  }

  #sendKept(kept: Uint8Array): void {
    if (!this.worker || this.#endSent) return;
    if (this.#sent < this.#came)
      this.dispatcher.sendBody(this, kept.subarray(this.#sent, this.#came));
    this.#sent = this.#came;
    if (this.#came < kept.length) return;
    this.#endSent = true;
    this.dispatcher.sendBodyEnd(this, []);
  }

  #send(): void {
    const { stream, trailers = [] } = this.#request;
    if (!stream || this.#endSent) return;
    for (; this.#sent < stream.length; this.#sent++) {
      if (this.bodyWindow <= 0) return;
      this.#bodyBegun = true;
      this.dispatcher.sendBody(this, stream[this.#sent] ?? new Uint8Array(0));
    }
    this.#bodyBegun = true;
    this.#endSent = true;
    this.dispatcher.sendBodyEnd(this, trailers);
  }
}
