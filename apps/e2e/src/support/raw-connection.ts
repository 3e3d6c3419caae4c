// HTTP/1.1 byte for byte: what a client sends and gets is seen as it is on the wire.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { eventually } from "./eventually.ts";

/** An answer as it came. */
export interface RawAnswer {
  /** Status line, without its line end. */
  readonly status: string;
  /** Header lines in their order, in Latin-1. */
  readonly fields: readonly string[];
  /** Everything behind the header, framing and all. */
  readonly body: string;
}

/** A connection whose bytes are all kept. */
export class RawConnection implements Disposable {
  readonly socket: Socket;
  /** What came, in Latin-1: one character per byte. */
  received = "";
  ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => (this.received += text));
    socket.on("close", () => (this.ended = true));
    socket.on("error", () => {});
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ host: "127.0.0.1", port });
    await once(socket, "connect");
    return new RawConnection(socket);
  }

  /** Sends text as Latin-1. */
  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Waits for text in what came. */
  async until(text: string): Promise<void> {
    await eventually(`${JSON.stringify(text)} came`, () => this.received, {
      found: (received) => received.includes(text),
    });
  }

  /** Waits until the other side has closed, and takes the last answer apart. */
  async answer(): Promise<RawAnswer> {
    await eventually("the connection is closed", () => this.ended, { found: (ended) => ended });
    return parseAnswer(this.received);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Sends one request with these header lines and returns its answer. The connection closes after it. */
export async function exchange(
  port: number,
  requestLine: string,
  { fields = [], body = "" }: { fields?: readonly string[]; body?: string } = {},
): Promise<RawAnswer> {
  using connection = await RawConnection.open(port);
  const lines = [`${requestLine} HTTP/1.1`, "Host: e2e.test", ...fields, "Connection: close"];
  connection.send(`${lines.join("\r\n")}\r\n\r\n${body}`);
  return await connection.answer();
}

/** Takes an answer apart; informational ones before it are skipped. */
function parseAnswer(received: string): RawAnswer {
  const end = received.indexOf("\r\n\r\n");
  const [status = "", ...fields] = received.slice(0, end).split("\r\n");
  if (/^HTTP\/1\.1 1\d\d /.test(status)) return parseAnswer(received.slice(end + 4));
  return { status, fields, body: received.slice(end + 4) };
}

/** The data of a chunked body, and its trailers. */
export function dechunk(body: string): { readonly data: string; readonly trailers: string[] } {
  let data = "";
  let rest = body;
  for (;;) {
    const line = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.slice(0, line), 16);
    rest = rest.slice(line + 2);
    if (length === 0) break;
    data += rest.slice(0, length);
    rest = rest.slice(length + 2);
  }
  return { data, trailers: rest.split("\r\n").filter((trailer) => trailer !== "") };
}
