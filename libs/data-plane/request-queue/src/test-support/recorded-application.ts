// An application that a test plays: it writes down what it is given and does what the test says, at once
// or later.

import type { ApplicationHost, ExchangeReceiver, WorkerExchange } from "../worker-exchange.ts";

const OK = { status: 200, statusMessage: "OK", rawHeaders: [] };

/** One request inside the application. */
export class RecordedRun implements ExchangeReceiver {
  readonly exchange: WorkerExchange;
  readonly target: string;
  /** The request body as far as it came. */
  received = Buffer.alloc(0);
  bodyComplete: boolean;
  trailers: string[] = [];
  windows = 0;
  cancelled = false;
  /** The test sent its head. */
  begun = false;
  /** False: body bytes are not credited until {@link consume}. */
  greedy = true;
  unread = 0;

  constructor(exchange: WorkerExchange) {
    this.exchange = exchange;
    this.target = exchange.head.target;
    // Of an upgrade: once its client ended.
    this.bodyComplete = exchange.bodyComplete && !exchange.upgrade;
    if (exchange.firstBody) this.received = Buffer.from(exchange.firstBody);
    exchange.receiver = this;
  }

  /** The whole answer at once; echoes the target, so that nobody else's answer can pass for this one. */
  answer(): void {
    this.exchange.respond(OK, Buffer.from(this.target), true);
  }

  /** Head without its end. */
  begin(body?: Uint8Array): void {
    this.exchange.respond(OK, body, false);
  }

  consume(): void {
    const bytes = this.unread;
    this.unread = 0;
    this.exchange.creditBody(bytes);
  }

  body(chunk: Uint8Array): void {
    this.received = Buffer.concat([this.received, chunk]);
    this.unread += chunk.length;
    if (this.greedy) this.consume();
  }

  bodyEnd(trailers: string[]): void {
    this.bodyComplete = true;
    this.trailers = trailers;
  }

  window(): void {
    this.windows++;
  }

  cancel(): void {
    this.cancelled = true;
  }
}

/** An application of one worker. */
export class RecordedApplication implements Pick<ApplicationHost, "handle"> {
  readonly runs: RecordedRun[] = [];
  /** What it does with each request; nothing unless a test says so. */
  behave: (run: RecordedRun) => void = () => {};

  handle(exchange: WorkerExchange): void {
    const run = new RecordedRun(exchange);
    this.runs.push(run);
    this.behave(run);
  }
}
