// An HTTP/2 client of the tests: one connection, on which requests are made and WebSockets are opened (RFC 8441).

import { once } from "node:events";
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { TestSocket } from "./web-socket.ts";

/** An answer, and what may follow it. */
export interface Http2Answer {
  readonly status: number;
  readonly fields: IncomingHttpHeaders;
  readonly stream: ClientHttp2Stream;
}

/** One connection. */
export class Http2Client implements Disposable {
  readonly session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.session = session;
  }

  /** Connects, and waits for the server's settings: before them no client may open a WebSocket (RFC 8441 §3). */
  static async open(port: number): Promise<Http2Client> {
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    session.on("error", () => {});
    await once(session, "remoteSettings");
    return new Http2Client(session);
  }

  /** Asks for a WebSocket. `fields` replace what is asked. */
  async connect(path: string, fields: OutgoingHttpHeaders = {}): Promise<Http2Answer> {
    const stream = this.session.request(
      {
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":path": path,
        "sec-websocket-version": "13",
        ...fields,
      },
      { endStream: false },
    );
    stream.on("error", () => {});
    const [answer] = (await once(stream, "response")) as [
      IncomingHttpHeaders & { ":status"?: number },
    ];
    return { status: answer[":status"] ?? 0, fields: answer, stream };
  }

  /** Opens one. */
  async webSocket(path: string): Promise<TestSocket> {
    const { status, stream } = await this.connect(path);
    if (status !== 200) throw new Error(`no WebSocket: status ${status}`);
    return TestSocket.over(stream);
  }

  /** The text of a page. */
  async text(path: string): Promise<string> {
    return await textOf(this.session.request({ ":path": path }));
  }

  [Symbol.dispose](): void {
    this.session.destroy();
  }
}

/** Reads a stream to its end. */
export async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const part of stream.setEncoding("latin1")) text += String(part);
  return text;
}
