// The genuine fetch Request of an exchange: absolute URL, headers, a body that streams with the exchange's
// credit, and a signal that aborts when the client leaves.

import type { RequestHead, WorkerExchange } from "@penstock/request-queue";
import { fieldValue } from "./node-request.ts";

/** Most bytes of a request body that wait for the application to read them, 64 KiB. */
const bufferMax = 65_536;

const beyondAscii = /[\x80-\xff]/g;

/** Makes the request. Throws a TypeError for what no fetch Request can be (TRACE, an unusable Host). */
export function makeFetchRequest(
  exchange: WorkerExchange,
  signal: AbortSignal,
  body: FetchRequestBody | undefined,
): Request {
  const { head } = exchange;
  const init: RequestInit = { method: head.method, headers: headerPairs(head), signal };
  const whole = exchange.bodyComplete ? exchange.firstBody : undefined;
  if (head.method === "GET" || head.method === "HEAD") return new Request(urlOf(head), init);
  if (body !== undefined) return new Request(urlOf(head), { ...init, ...body.init });
  if (whole === undefined || whole.length === 0) return new Request(urlOf(head), init);
  return new Request(urlOf(head), { ...init, body: whole as Uint8Array<ArrayBuffer> });
}

function headerPairs(head: RequestHead): [string, string][] {
  const { rawHeaders } = head;
  const pairs: [string, string][] = [];
  for (let n = 0; n < rawHeaders.length; n += 2) {
    pairs.push([rawHeaders[n] as string, rawHeaders[n + 1] as string]);
  }
  return pairs;
}

/** A byte beyond ASCII would be taken for a letter and encoded as two: it is percent-encoded as itself. */
function urlOf(head: RequestHead): string {
  const { connection } = head;
  const scheme = connection.encrypted ? "https" : "http";
  const host = fieldValue(head, "host") ?? `${connection.localAddress}:${connection.localPort}`;
  const target = head.target.replace(beyondAscii, (byte) => encodeByte(byte));
  const slash = target.startsWith("/") ? "" : "/";
  return `${scheme}://${host}${slash}${target}`;
}

function encodeByte(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A request body that is still on its way: a stream that asks for more as it is read. */
export class FetchRequestBody {
  /** The rest was read, or nobody will read it. */
  finished = false;

  readonly #exchange: WorkerExchange;
  readonly #stream: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #withheld = 0;
  #awaitsContinue: boolean;

  /** `abandoned` is called when the application gives the rest up. */
  constructor(exchange: WorkerExchange, abandoned: () => void) {
    this.#exchange = exchange;
    const { head } = exchange;
    this.#awaitsContinue = head.httpVersionMinor === 1 && fieldValue(head, "expect") !== undefined;
    this.#stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          const { firstBody } = exchange;
          if (firstBody !== undefined && firstBody.length > 0) controller.enqueue(firstBody);
        },
        pull: () => {
          this.#expected();
          this.#credit();
        },
        // Nobody will read the rest: it may come and is forgotten.
        cancel: () => {
          this.finished = true;
          this.#controller = undefined;
          this.#credit();
          abandoned();
        },
      },
      // Nothing is asked for ahead while that would tell the client to send.
      { highWaterMark: this.#awaitsContinue ? 0 : bufferMax, size: (chunk) => chunk.byteLength },
    );
  }

  /** What the Request takes. */
  get init(): RequestInit {
    return { body: this.#stream, duplex: "half" };
  }

  /** The application reads: a client that waits to be told so is told so. */
  #expected(): void {
    if (!this.#awaitsContinue) return;
    this.#awaitsContinue = false;
    this.#exchange.interim(100, []);
  }

  push(chunk: Uint8Array): void {
    this.#withheld += chunk.length;
    if (this.#controller === undefined) return this.#credit();
    this.#controller.enqueue(chunk);
    if ((this.#controller.desiredSize ?? 0) > 0) this.#credit();
  }

  /** The body is complete, or with `reason` it will never be. */
  end(reason?: Error): void {
    const controller = this.#controller;
    this.finished = true;
    this.#controller = undefined;
    if (reason === undefined) controller?.close();
    else controller?.error(reason);
  }

  #credit(): void {
    if (this.#withheld === 0) return;
    const bytes = this.#withheld;
    this.#withheld = 0;
    this.#exchange.creditBody(bytes);
  }
}
