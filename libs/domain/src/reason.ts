// Why Penstock itself refused a request: one word each, HTTP.sys's own where it has one, the same in
// the response, the log, the metric label and the docs. The union and its table live together.

/** What is fixed about a reason: the status that the client sees and whether waiting can help. */
export interface ReasonFacts {
  /** HTTP status code (RFC 9110 §15); 499 only ever appears in logs, the client is gone. */
  readonly status: number;
  /** The `error` token of Proxy-Status (RFC 9209 §2.3). */
  readonly proxyError: string;
  /** True when the same request may succeed later: then a Retry-After is sent. */
  readonly passes: boolean;
  /** One line for people. */
  readonly title: string;
}

/** Every reason, keyed by its word. */
export const reasons = {
  Hostname: {
    status: 400,
    proxyError: "destination_not_found",
    passes: false,
    title: "No application is registered for this host",
  },
  NotFound: {
    status: 404,
    proxyError: "destination_not_found",
    passes: false,
    title: "No application is registered for this path",
  },
  QueueFull: {
    status: 503,
    proxyError: "connection_limit_reached",
    passes: true,
    title: "The request queue of this application is full",
  },
  Timer_ReqQueue: {
    status: 503,
    proxyError: "destination_unavailable",
    passes: true,
    title: "The request waited too long for a free worker",
  },
  AppOffline: {
    status: 503,
    proxyError: "destination_unavailable",
    passes: false,
    title: "The application is offline after repeated failures",
  },
  Disabled: {
    status: 503,
    proxyError: "destination_unavailable",
    passes: false,
    title: "The application was stopped by an operator",
  },
  AppShutdown: {
    status: 503,
    proxyError: "proxy_internal_error",
    passes: true,
    title: "The listener is shutting down",
  },
  StartupTimeout: {
    status: 503,
    proxyError: "destination_unavailable",
    passes: true,
    title: "No worker of this application became ready in time",
  },
  ConnLimit: {
    status: 503,
    proxyError: "connection_limit_reached",
    passes: true,
    title: "The connection limit of this application is reached",
  },
  Connection_Abandoned_By_ReqQueue: {
    status: 502,
    proxyError: "connection_terminated",
    passes: false,
    title: "The worker ended while it held this request",
  },
  BadGatewayResponse: {
    status: 502,
    proxyError: "http_protocol_error",
    passes: false,
    title: "The application did not answer with valid HTTP",
  },
  Timer_Response: {
    status: 504,
    proxyError: "http_response_timeout",
    passes: false,
    title: "The application did not answer in time",
  },
  QueueUnavailable: {
    status: 503,
    proxyError: "proxy_internal_error",
    passes: true,
    title: "The request queue cannot be reached",
  },
  EntityTooLarge: {
    status: 413,
    proxyError: "http_request_error",
    passes: false,
    title: "The request body is too large",
  },
  FieldLength: {
    status: 431,
    proxyError: "http_request_error",
    passes: false,
    title: "The request header is too large",
  },
  URL_Length: {
    status: 414,
    proxyError: "http_request_error",
    passes: false,
    title: "The request target is too long",
  },
  URL: {
    status: 400,
    proxyError: "http_request_error",
    passes: false,
    title: "The request target is not valid",
  },
  BadRequest: {
    status: 400,
    proxyError: "http_request_error",
    passes: false,
    title: "The request is not valid HTTP",
  },
  Verb: {
    status: 501,
    proxyError: "http_request_error",
    passes: false,
    title: "The request method is not supported",
  },
  Header: {
    status: 400,
    proxyError: "http_request_error",
    passes: false,
    title: "A request header is not valid",
  },
  LengthRequired: {
    status: 411,
    proxyError: "http_request_error",
    passes: false,
    title: "The request needs a Content-Length",
  },
  "Version_N/S": {
    status: 505,
    proxyError: "http_request_error",
    passes: false,
    title: "The HTTP version is not supported",
  },
  Timer_HeaderWait: {
    status: 408,
    proxyError: "http_request_error",
    passes: true,
    title: "The request header took too long",
  },
  Timer_EntityBody: {
    status: 408,
    proxyError: "http_request_error",
    passes: true,
    title: "The request body took too long",
  },
  Client_Reset: {
    status: 499,
    proxyError: "connection_terminated",
    passes: false,
    title: "The client left before the answer",
  },
} as const satisfies Record<string, ReasonFacts>;

/** The word for why Penstock refused a request. */
export type ReasonPhrase = keyof typeof reasons;

/** All reason words, in the table's order: for metrics that start at zero and for docs. */
export const reasonPhrases = Object.keys(reasons) as readonly ReasonPhrase[];
