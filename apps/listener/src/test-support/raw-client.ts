// A client that sends bytes as they are, and takes apart what came back: message by message, by their
// framing, so that an answer too many is seen.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { untilWithin } from "@penstock/testing";

const until = untilWithin(10_000);

/** One answer on a connection. */
export interface RawAnswer {
  readonly status: number;
  /** Field lines. */
  readonly fields: readonly string[];
  readonly body: string;
}

/** One connection. Everything is Latin-1. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  received = "";
  /** The other side ended. */
  ended = false;
  /** It was reset, by it or by {@link Symbol.dispose}. */
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => (this.received += text));
    socket.on("end", () => (this.ended = true));
    socket.on("close", () => (this.closed = true));
    socket.on("error", () => {});
  }

  static async open(port: number): Promise<RawClient> {
    // Our side stays open: only the other one may end the connection.
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** Sends, and waits until it has left. */
  async send(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.write(text, "latin1", () => resolve());
    await promise;
  }

  /** What came so far. Throws on what is no sequence of answers; one that is incomplete is left out. */
  get answers(): readonly RawAnswer[] {
    return [...answersIn(this.received)];
  }

  async untilAnswers(count: number): Promise<readonly RawAnswer[]> {
    await until(`${count} answers`, () => this.answers.length >= count || this.closed);
    return this.answers;
  }

  async untilEnded(): Promise<readonly RawAnswer[]> {
    await until("the connection is ended", () => this.ended || this.closed);
    return this.answers;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

function* answersIn(text: string): Generator<RawAnswer> {
  for (let rest = text; rest !== "";) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return;
    const [statusLine = "", ...fields] = rest.slice(0, end).split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1];
    if (status === undefined) throw new Error(`no answer begins with ${rest.slice(0, 80)}`);
    rest = rest.slice(end + 4);
    if (status.startsWith("1")) continue;
    const length = fields.find((field) => /^content-length:/i.test(field))?.slice(15);
    if (length === undefined) throw new Error(`an answer without length: ${statusLine}`);
    if (rest.length < Number(length)) return;
    yield { status: Number(status), fields, body: rest.slice(0, Number(length)) };
    rest = rest.slice(Number(length));
  }
}
