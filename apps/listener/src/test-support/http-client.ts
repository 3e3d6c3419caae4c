// A client that tells everything about its answer, also that it was cut.

import { request, type IncomingMessage } from "node:http";

/** What became of a request. */
export interface Outcome {
  /** 0: not even a head came. */
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: Buffer;
  readonly trailers: readonly string[];
  /** The connection ended before the answer did. */
  readonly cut: boolean;
}

/** A request under way. */
export interface Asked {
  readonly outcome: Promise<Outcome>;
  /** True once a head came. */
  readonly begun: boolean;
  /** Reads what was left unread, to the end. */
  read(): void;
  leave(): void;
}

/** What is asked. */
export interface AskOptions {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly reads?: boolean;
}

/** Asks. The body is sent whole; with `reads` false nothing of the answer's body is read. */
export function ask(url: string, options: AskOptions = {}): Asked {
  const { method = "POST", body = "", reads = true } = options;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const chunks: Buffer[] = [];
  let begun = false;
  let answer: IncomingMessage | undefined;
  const read = () => answer?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const client = request(url, { method, agent: false }, (response) => {
    begun = true;
    answer = response;
    const told = (cut: boolean) => ({
      status: response.statusCode ?? 0,
      fields: response.rawHeaders,
      body: Buffer.concat(chunks),
      trailers: response.rawTrailers,
      cut,
    });
    if (reads) read();
    response.on("end", () => resolve(told(false)));
    response.on("error", () => resolve(told(true)));
  });
  client.on("error", () => {
    if (!begun) resolve({ status: 0, fields: [], body: Buffer.alloc(0), trailers: [], cut: true });
  });
  client.end(body);
  return {
    outcome: promise,
    get begun() {
      return begun;
    },
    read,
    leave: () => client.destroy(),
  };
}
