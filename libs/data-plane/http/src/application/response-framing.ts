// Takes off again what Node's ServerResponse puts around an answer on its way to the socket: the head as
// text in front of the first write, and the chunks of a chunked body. Node hands these over as writes of
// their own (size, CRLF, data, CRLF), so the framing comes off by looking at whole writes; no byte of a
// body is searched or copied.
//
//   awaiting head --head text--> length  (Content-Length)      complete after that many bytes
//                            |-> chunked (size, data, CRLF)... complete after the last chunk
//                            |-> none    (HEAD, 204, 304)      complete at once
//                            '-> until end (neither, HTTP/1.0) complete when the application ends it
//         '--anything else--> raw: the application writes to its socket itself, and nothing is taken off

import type { ResponseHead } from "@penstock/request-queue";
import { headText, mayHaveBody } from "./node-http-internals.ts";
import type { NodeResponse } from "./node-http-internals.ts";
import { parseResponseHead, parseTrailers } from "./response-head.ts";

type Framing = "awaiting head" | "length" | "chunked" | "none" | "until end";
type ChunkPart = "size" | "size end" | "data" | "data end";

const beyondAscii = /[^\0-\x7f]/;
const lastChunk = "0\r\n";
/** 100 Continue, 102 Processing and 103 Early Hints come before the head. */
const interimAnswer = "HTTP/1.1 1";

/** One answer on its way from Node's writes to a head and bytes. */
export class ResponseFraming {
  /** Set with the first write. */
  head: ResponseHead | undefined;
  /** Body bytes that came out and were not taken yet. */
  pieces: Uint8Array[] = [];
  trailers: readonly string[] = [];
  /** Answers before the answer that came out and were not taken yet. */
  interims: ResponseHead[] = [];
  /** The client has all of the answer now. */
  complete = false;
  /** Why this is no answer; nothing is read after it. */
  fault: string | undefined;
  /** What comes out is not the body, but all that the application wrote. */
  raw = false;

  #framing: Framing = "awaiting head";
  #part: ChunkPart = "size";
  /** Bytes still to come, of the body or of the chunk. */
  #left = 0;

  /** Reads one write to the socket. `response` is the one that the socket is assigned to. */
  read(response: NodeResponse | null, data: string | Uint8Array, encoding: string): void {
    if (this.fault !== undefined || this.complete) return;
    if (this.#framing !== "awaiting head") return this.#readBody(data, encoding);
    const text = response === null ? null : headText(response);
    if (this.raw || typeof data !== "string") return this.#readRaw(data, encoding);
    if (text !== null && data.startsWith(text)) {
      this.#readHead(response as NodeResponse, wireText(text, encoding));
      if (data.length > text.length) this.#readBody(data.slice(text.length), encoding);
    } else if (data.startsWith(interimAnswer))
      this.interims.push(parseResponseHead(wireText(data, "latin1"), false).head);
    else this.#readRaw(data, encoding);
  }

  /** The application ended the answer, and everything before was read. */
  end(): void {
    if (this.fault !== undefined || this.complete) return;
    if (this.#framing === "until end") this.complete = true;
    else if (this.#framing === "length") {
      this.fault = `the application ended its answer ${this.#left} bytes short of its Content-Length`;
    } else this.fault = "the application ended its answer in the middle";
  }

  #readHead(response: NodeResponse, text: string): void {
    const parsed = parseResponseHead(text, response.chunkedEncoding);
    this.head = parsed.head;
    if (parsed.head.status < 200)
      this.fault = "the application sent an interim status as its answer";
    if (!mayHaveBody(response)) this.#framing = "none";
    else if (response.chunkedEncoding) this.#framing = "chunked";
    else if (parsed.contentLength === undefined) this.#framing = "until end";
    else {
      this.#framing = "length";
      this.#left = parsed.contentLength;
      if (Number.isNaN(this.#left)) this.fault = "the application sent an invalid Content-Length";
    }
    this.complete = this.#framing === "none" || (this.#framing === "length" && this.#left === 0);
  }

  #readRaw(data: string | Uint8Array, encoding: string): void {
    this.raw = true;
    this.pieces.push(bytesOf(data, encoding));
  }

  #strayWrite(): void {
    this.fault = "the application wrote to its socket past the response object";
  }

  #readBody(data: string | Uint8Array, encoding: string): void {
    if (data.length === 0) return;
    if (this.#framing === "chunked") return this.#readChunked(data, encoding);
    if (this.#framing === "none") return;
    const bytes = bytesOf(data, encoding);
    if (this.#framing === "until end") return void this.pieces.push(bytes);
    // More than announced: a client reads as far as the length says, so that is where it ends.
    this.pieces.push(bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes);
    this.#left -= Math.min(bytes.length, this.#left);
    this.complete = this.#left === 0;
  }

  #readChunked(data: string | Uint8Array, encoding: string): void {
    switch (this.#part) {
      case "size":
        return this.#readChunkSize(data);
      case "data":
        return this.#readChunkData(bytesOf(data, encoding));
      case "size end":
      case "data end":
        if (data.length !== 2) return this.#strayWrite();
        this.#part = this.#part === "size end" ? "data" : "size";
    }
  }

  #readChunkSize(data: string | Uint8Array): void {
    if (typeof data !== "string") return this.#strayWrite();
    if (data.startsWith(lastChunk)) {
      if (data.length > lastChunk.length + 2) this.trailers = parseTrailers(data);
      this.complete = true;
      return;
    }
    this.#left = Number.parseInt(data, 16);
    if (!(this.#left > 0)) return this.#strayWrite();
    this.#part = "size end";
  }

  #readChunkData(bytes: Uint8Array): void {
    if (bytes.length > this.#left) return this.#strayWrite();
    this.pieces.push(bytes);
    this.#left -= bytes.length;
    if (this.#left === 0) this.#part = "data end";
  }
}

function bytesOf(data: string | Uint8Array, encoding: string): Uint8Array {
  return typeof data === "string" ? Buffer.from(data, encoding as BufferEncoding) : data;
}

/**
 * The head's bytes as Latin-1. Node encodes a head together with the first text of the body, so a letter
 * beyond ASCII is one byte in front of bytes and two in front of text; a client sees the same here.
 */
function wireText(text: string, encoding: string): string {
  if (!beyondAscii.test(text)) return text;
  return Buffer.from(text, encoding === "latin1" ? "latin1" : "utf8").toString("latin1");
}
