// A client of HTTP/2 that opens WebSockets (RFC 8441), and tells everything about what it got.

import { once } from "node:events";
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";

/** One stream, and what came on it. */
export class ConnectedStream {
  readonly stream: ClientHttp2Stream;
  status = 0;
  fields: IncomingHttpHeaders = {};
  /** Statuses of interim answers. */
  readonly interim: number[] = [];
  /** Its data, in Latin-1. */
  data = "";
  /** The other half has ended. */
  ended = false;
  closed = false;
  readonly answered: Promise<void>;

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.answered = promise;
    stream.on("headers", (fields) => this.interim.push(Number(fields[":status"])));
    stream.on("response", (fields) => {
      this.status = Number(fields[":status"]);
      this.fields = fields;
      resolve();
    });
    stream.on("error", () => {});
    stream.on("end", () => (this.ended = true));
    stream.on("close", () => {
      this.closed = true;
      resolve();
    });
    stream.setEncoding("latin1").on("data", (part: string) => (this.data += part));
  }

  /** RST_STREAM's code, or 0. */
  get code(): number {
    return this.stream.rstCode;
  }

  /** The reason of a refusal. */
  get reason(): string {
    return (JSON.parse(this.data) as { reason: string }).reason;
  }
}

/** One connection. */
export class ConnectClient implements Disposable {
  readonly session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.session = session;
  }

  /** Connects, and waits for the server's settings. */
  static async open(port: number): Promise<ConnectClient> {
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    session.on("error", () => {});
    await once(session, "remoteSettings");
    return new ConnectClient(session);
  }

  /** Asks for a WebSocket; `fields` replace what is asked. */
  connect(path: string, fields: OutgoingHttpHeaders = {}, endStream = false): ConnectedStream {
    const asked = {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":path": path,
      "sec-websocket-version": "13",
    };
    return new ConnectedStream(this.session.request({ ...asked, ...fields }, { endStream }));
  }

  /** Asks for anything else. */
  request(fields: OutgoingHttpHeaders): ConnectedStream {
    return new ConnectedStream(this.session.request(fields));
  }

  [Symbol.dispose](): void {
    this.session.destroy();
  }
}
