// The two logs of a listener that have a line for each request: access and HTTPERR. Each is off unless it has a
// place to go to; then requests pay for their line, and nobody waits for a disk.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import {
  clientFacts,
  type ConnectionExpiry,
  type HttpExchange,
  type TrustsProxy,
} from "@penstock/http";
import type { ReasonPhrase } from "@penstock/domain";
import { accessHeading, accessLine, type AccessFormat } from "./access-line.ts";
import { httpErrorHeading, httpErrorLine } from "./http-error-line.ts";
import { LineFile } from "./line-file.ts";
import type { LoggedRequest } from "./logged-request.ts";

/** Where the logs go: a path, `-` for standard output, undefined for nowhere. */
export interface RequestLogSettings {
  readonly accessLog: string | undefined;
  readonly accessLogFormat: AccessFormat;
  readonly httpErrorLog: string | undefined;
}

/** What the logs are made of. */
export interface RequestLogParts {
  readonly settings: RequestLogSettings;
  /** As for the request path: what is found out about a connection is kept. */
  readonly trusts: TrustsProxy;
  /** The time of day. */
  readonly today: () => Date;
  /** A line was not written. */
  readonly dropped: () => void;
}

/** Writes both logs. */
export class RequestLogs implements Disposable {
  readonly #access: LineFile | undefined;
  readonly #errors: LineFile | undefined;
  readonly #format: AccessFormat;
  readonly #trusts: TrustsProxy;
  readonly #today: () => Date;

  /** Throws when a file cannot be opened. */
  constructor({ settings, trusts, today, dropped }: RequestLogParts) {
    const { accessLog, accessLogFormat: format, httpErrorLog } = settings;
    this.#format = format;
    this.#trusts = trusts;
    this.#today = today;
    this.#access =
      accessLog === undefined
        ? undefined
        : new LineFile({ path: accessLog, heading: accessHeading(format), dropped });
    this.#errors =
      httpErrorLog === undefined
        ? undefined
        : new LineFile({ path: httpErrorLog, heading: httpErrorHeading, dropped });
  }

  /** True when there is anything to write to. */
  get on(): boolean {
    return this.#access !== undefined || this.#errors !== undefined;
  }

  /** A request of a pool has ended; its client may have left before. */
  ended(exchange: HttpExchange, status: number, tookMs: number): void {
    if (!this.on) return;
    const { request, group, pool } = exchange;
    const logged: LoggedRequest = {
      ...this.#connection(request.socket),
      ...headOf(request),
      status,
      reason: exchange.refusedFor,
      pool: pool.name,
      group: group.name,
      worker: exchange.servedBy,
      requestId: exchange.requestId,
      sentBytes: exchange.sentBytes,
      receivedBytes: exchange.receivedBytes,
      tookMs,
    };
    this.#access?.write(accessLine(this.#format, logged));
    if (logged.reason !== "") this.#errors?.write(httpErrorLine(logged));
  }

  /** A request of no pool was refused, or what could not be parsed. */
  refused(
    reason: ReasonPhrase,
    status: number,
    from: { socket: Socket; request?: IncomingMessage },
  ): void {
    if (!this.on) return;
    const logged: LoggedRequest = {
      ...NOBODY,
      ...this.#connection(from.socket),
      ...(from.request && headOf(from.request)),
      status,
      reason,
    };
    if (from.request) this.#access?.write(accessLine(this.#format, logged));
    this.#errors?.write(httpErrorLine(logged));
  }

  /** A connection was closed without a word. */
  closed(expiry: ConnectionExpiry, socket: Socket, pool: string): void {
    if (!this.#errors) return;
    const logged = { ...NOBODY, ...this.#connection(socket), reason: expiry, pool };
    this.#errors.write(httpErrorLine(logged));
  }

  /** Goes on in new files. */
  reopen(): void {
    this.#access?.reopen();
    this.#errors?.reopen();
  }

  [Symbol.dispose](): void {
    this.#access?.[Symbol.dispose]();
    this.#errors?.[Symbol.dispose]();
  }

  #connection(
    socket: Socket,
  ): Pick<LoggedRequest, "time" | "clientAddress" | "clientPort" | "serverAddress" | "serverPort"> {
    const [clientAddress = "", clientPort = "", serverAddress = "", serverPort = ""] = clientFacts(
      socket,
      this.#trusts,
    ).lines.split("\n");
    return { time: this.#today(), clientAddress, clientPort, serverAddress, serverPort };
  }
}

/** What is not known of a request that belongs to nobody. */
const NOBODY = {
  version: "",
  method: "",
  target: "",
  host: "",
  userAgent: "",
  status: 0,
  pool: "",
  group: "",
  worker: "",
  requestId: "",
  sentBytes: 0,
  receivedBytes: 0,
  tookMs: 0,
} as const;

function headOf(
  request: IncomingMessage,
): Pick<LoggedRequest, "version" | "method" | "target" | "host" | "userAgent"> {
  const { httpVersion, method = "", url = "", headers } = request;
  return {
    version: `HTTP/${httpVersion}`,
    method,
    target: url,
    host: headers.host ?? "",
    userAgent: headers["user-agent"] ?? "",
  };
}
