// A WorkerExchange for tests: plays the protocol's side with windows of its own, and remembers what the
// application did. It holds the application to the contract of the port: whatever is called out of turn
// throws.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import type {
  ConnectionFacts,
  ExchangeReceiver,
  RequestHead,
  ResponseHead,
  WorkerExchange,
} from "@penstock/request-queue";
import type { ApplicationHost } from "@penstock/request-queue";

/** What a test asks for; the rest is a small GET from 203.0.113.9. */
export interface RequestTemplate {
  readonly method?: string;
  readonly target?: string;
  readonly rawHeaders?: string[];
  readonly httpVersionMinor?: 0 | 1;
  readonly connection?: Partial<ConnectionFacts>;
  /** Comes with the head. */
  readonly firstBody?: string | Uint8Array;
  /** The client asks to leave HTTP. */
  readonly upgrade?: boolean;
  /** More body follows, by {@link RecordingExchange.sendBody}. */
  readonly streams?: boolean;
  /** Bytes of the answer's body that pass before `write` returns false. */
  readonly answerWindow?: number;
  /** Bytes of the request body that pass without credit. */
  readonly requestWindow?: number;
}

const connectionOfTests: ConnectionFacts = {
  remoteAddress: "203.0.113.9",
  remotePort: 40_123,
  localAddress: "127.0.0.1",
  localPort: 8080,
  encrypted: false,
};

/** One exchange under test. */
export class RecordingExchange implements WorkerExchange {
  readonly head: RequestHead;
  readonly firstBody: Uint8Array | undefined;
  readonly bodyComplete: boolean;
  readonly upgrade: boolean;
  receiver: ExchangeReceiver | undefined;

  /** The calls in order, as words, for tests of what is visible when. */
  readonly calls: string[] = [];
  response: ResponseHead | undefined;
  /** Answers before the answer: status, then fields. */
  readonly interims: string[][] = [];
  readonly pieces: Buffer[] = [];
  trailers: readonly string[] | undefined;
  resetDetail: string | undefined;
  /** Most bytes of the request body that were on their way at once. */
  requestBytesInFlightMax = 0;
  /** Settles when the exchange is over. */
  readonly over: Promise<void>;

  #windowLeft: number;
  /** False from a `write` that returned false until the window opens. */
  #open = true;
  #creditLeft: number;
  readonly #requestWindow: number;
  #isOver = false;
  #settle: () => void = () => {};
  #wakeSender: () => void = () => {};
  #wakeReader: () => void = () => {};
  /** Who may still send in a tunnel. */
  #tunnel: { client: boolean; application: boolean } | undefined;

  constructor(template: RequestTemplate = {}) {
    const { firstBody } = template;
    this.head = {
      method: template.method ?? "GET",
      target: template.target ?? "/",
      httpVersionMinor: template.httpVersionMinor ?? 1,
      rawHeaders: template.rawHeaders ?? ["Host", "app.example"],
      connection: { ...connectionOfTests, ...template.connection },
    };
    this.firstBody = typeof firstBody === "string" ? Buffer.from(firstBody) : firstBody;
    this.bodyComplete = template.streams !== true;
    this.upgrade = template.upgrade === true;
    this.#windowLeft = template.answerWindow ?? Number.POSITIVE_INFINITY;
    this.#requestWindow = template.requestWindow ?? Number.POSITIVE_INFINITY;
    this.#creditLeft = this.#requestWindow;
    this.over = new Promise((resolve) => (this.#settle = resolve));
  }

  creditBody(bytes: number): void {
    if (this.#isOver) return;
    this.calls.push(`credit ${bytes}`);
    this.#creditLeft += bytes;
    assert.ok(this.#creditLeft <= this.#requestWindow, "credited more than was received");
    this.#wakeSender();
  }

  interim(status: number, rawHeaders: readonly string[]): void {
    if (this.#isOver) return;
    assert.equal(this.response, undefined, "an interim answer after the answer");
    this.calls.push(`interim ${status}`);
    this.interims.push([String(status), ...rawHeaders]);
  }

  respond(head: ResponseHead, body: Uint8Array | undefined, end: boolean): void {
    if (this.#isOver) return;
    this.#wakeReader();
    assert.equal(this.response, undefined, "responded twice");
    this.calls.push(`respond ${head.status} ${body?.length ?? 0}${end ? " end" : ""}`);
    this.response = head;
    if (body !== undefined) this.#keep(body);
    if (head.status === 101) this.#tunnel = { client: true, application: true };
    if (end) this.#finish([]);
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    assert.notEqual(this.response, undefined, "wrote before it responded");
    assert.ok(this.#open, "wrote into a closed window");
    this.calls.push(`write ${chunk.length}`);
    this.#keep(chunk);
    this.#open = this.#windowLeft > 0;
    return this.#open;
  }

  end(trailers: readonly string[]): void {
    if (this.#isOver) return;
    assert.notEqual(this.response, undefined, "ended before it responded");
    this.calls.push("end");
    if (this.#tunnel?.client !== true) return this.#finish(trailers);
    this.#tunnel.application = false;
    this.#wakeReader();
  }

  close(): void {
    if (this.#isOver || this.#tunnel === undefined) return;
    this.calls.push("close");
    this.#finish([]);
  }

  reset(detail: string): void {
    if (this.#isOver) return;
    this.calls.push("reset");
    this.resetDetail = detail;
    this.#isOver = true;
    this.#wakeReader();
    this.#settle();
  }

  /** The answer's body so far. */
  get body(): Buffer {
    return Buffer.concat(this.pieces);
  }

  get text(): string {
    return this.body.toString();
  }

  /** The answer's fields as [name, value] pairs, without Date. */
  get fields(): [string, string][] {
    const fields: [string, string][] = [];
    const raw = this.response?.rawHeaders ?? [];
    for (let n = 0; n < raw.length; n += 2) {
      if (raw[n]?.toLowerCase() !== "date") fields.push([raw[n] as string, raw[n + 1] as string]);
    }
    return fields;
  }

  field(name: string): string | undefined {
    return this.fields.find(([field]) => field.toLowerCase() === name)?.[1];
  }

  /** The client read on: this many bytes more may pass. */
  openWindow(bytes: number): void {
    this.#windowLeft = Math.max(this.#windowLeft, 0) + bytes;
    this.#open = true;
    this.receiver?.window();
  }

  /** A client that reads on whenever its window is used up, a turn of the event loop later. */
  readSteadily(window: number): void {
    const timer = setInterval(() => {
      if (this.#isOver) clearInterval(timer);
      else if (this.#windowLeft <= 0) this.openWindow(window);
    }, 0);
  }

  /** Sends body bytes as far as the credit reaches, and waits for more. */
  async sendBody(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length && !this.#isOver;) {
      if (this.#creditLeft <= 0) {
        await new Promise<void>((resolve) => (this.#wakeSender = resolve));
        continue;
      }
      const size = Math.min(this.#creditLeft, bytes.length - sent, 65_536);
      this.#creditLeft -= size;
      const inFlight = this.#requestWindow - this.#creditLeft;
      this.requestBytesInFlightMax = Math.max(this.requestBytesInFlightMax, inFlight);
      this.receiver?.body(bytes.subarray(sent, sent + size));
      sent += size;
    }
  }

  endBody(trailers: string[] = []): void {
    if (this.#isOver) return;
    this.receiver?.bodyEnd(trailers);
    if (this.#tunnel === undefined) return;
    this.#tunnel.client = false;
    if (!this.#tunnel.application) this.#finish([]);
  }

  /** Waits until something came that fits. */
  async until(found: () => boolean): Promise<void> {
    while (!found()) {
      assert.ok(!this.#isOver, `it is over: ${this.resetDetail ?? ""} ${this.calls.join(", ")}`);
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  /** The client leaves. */
  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.calls.push("cancel");
    this.receiver?.cancel();
    this.#settle();
  }

  #keep(chunk: Uint8Array): void {
    // A copy: the port says that a chunk is not kept.
    this.pieces.push(Buffer.from(chunk));
    this.#windowLeft -= chunk.length;
    this.#wakeReader();
  }

  #finish(trailers: readonly string[]): void {
    this.trailers = trailers;
    this.#isOver = true;
    this.#wakeReader();
    this.#settle();
  }
}

/** Hands one request to `host` and waits for its answer. */
export async function exchangeWith(
  host: ApplicationHost,
  template: RequestTemplate = {},
): Promise<RecordingExchange> {
  const exchange = new RecordingExchange(template);
  host.handle(exchange);
  await exchange.over;
  return exchange;
}

/** One turn of the event loop: ticks, promises and immediates that were due have run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Large enough to fill every buffer and window on its way. */
export const tenMegabytes = randomBytes(10_000_000);

/** For bodies that are too long to print. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Stands where a test's handler puts a function of its own. */
export function unset(): void {}
