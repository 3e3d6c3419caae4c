// What the logs know about a request. Missing facts are empty: a header that was not parsed has no method.

/** One request, or what was to become one. */
export interface LoggedRequest {
  readonly time: Date;
  readonly clientAddress: string;
  readonly clientPort: string;
  readonly serverAddress: string;
  readonly serverPort: string;
  /** `HTTP/1.1` */
  readonly version: string;
  readonly method: string;
  /** As it was sent, query included. */
  readonly target: string;
  readonly host: string;
  readonly userAgent: string;
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  /** "" when the application answered. */
  readonly reason: string;
  readonly pool: string;
  readonly group: string;
  readonly worker: string;
  readonly requestId: string;
  /** Body bytes, both ways. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly tookMs: number;
}

/** The target's path: what stands in a query is nobody's business. */
export function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}
