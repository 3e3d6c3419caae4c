// A client that tells everything about its answer, also that it was cut.

import { request, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

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
  /** Says something into the tunnel; nothing is its end. */
  speak(bytes?: Uint8Array): void;
}

/** What is asked. */
export interface AskOptions {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly reads?: boolean;
  /** The protocols that it wants to leave HTTP for. Its outcome is that of the tunnel, when one comes of it. */
  readonly upgrade?: string;
}

/** Asks. The body is sent whole; with `reads` false nothing of the answer's body is read. */
export function ask(url: string, options: AskOptions = {}): Asked {
  const { method = "POST", body = "", reads = true } = options;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const chunks: Buffer[] = [];
  let begun = false;
  let answer: IncomingMessage | Duplex | undefined;
  const read = () => answer?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const headers = options.upgrade && { Connection: "Upgrade", Upgrade: options.upgrade };
  const client = request(url, { method, agent: false, ...(headers && { headers }) }, (response) => {
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
  client.on("upgrade", (response, socket, early) => {
    begun = true;
    answer = socket;
    if (early.length > 0) chunks.push(early);
    if (reads) read();
    let cut = false;
    socket.on("error", () => (cut = true));
    socket.on("end", () => socket.end());
    socket.on("close", () =>
      resolve({
        status: response.statusCode ?? 0,
        fields: response.rawHeaders,
        body: Buffer.concat(chunks),
        trailers: [],
        cut,
      }),
    );
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
    leave: () => {
      client.destroy();
      answer?.destroy();
    },
    speak: (bytes) => {
      const tunnel = answer as Duplex;
      if (bytes) tunnel.write(bytes);
      else tunnel.end();
    },
  };
}
