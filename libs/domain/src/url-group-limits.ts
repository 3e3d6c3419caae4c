// What the HTTP Server API lets an operator set for a URL group: its state, how much its clients may take, and
// how long they may keep the listener waiting. Names are HTTP.sys's; 0 = no limit, everywhere.

/** HTTP_TIMEOUT_LIMIT_INFO, and the rate of bodies, which HTTP.sys does not limit. Times in milliseconds. */
export interface UrlGroupTimeouts {
  /** Between two arrivals of a request's body. */
  readonly entityBodyMs: number;
  /** For the rest of a body whose request has its answer. */
  readonly drainEntityBodyMs: number;
  /** In the queue, besides the pool's own limit. */
  readonly requestQueueMs: number;
  /** Of a connection on which no request is. */
  readonly idleConnectionMs: number;
  /** For a whole header. */
  readonly headerWaitMs: number;
  /** Bytes a second at which a client must take its answers. */
  readonly minSendRate: number;
  /** Bytes a second at which a client must send a body, once it has used up `entityBodyMs`. */
  readonly minReceiveRate: number;
}

/** State and limits of one URL group. */
export interface UrlGroupLimits {
  readonly enabled: boolean;
  readonly maxConnections: number;
  /** Bytes of answers a second, all clients together. */
  readonly maxBandwidth: number;
  readonly maxRequestBodyBytes: number;
  readonly timeouts: UrlGroupTimeouts;
}

/** A URL group of a pool. */
export interface PoolUrlGroup extends UrlGroupLimits {
  /** The pool's own group has the pool's name. */
  readonly name: string;
  /** UrlPrefix strings. */
  readonly urls: readonly string[];
}

/** HTTP.sys's defaults; the rate of bodies is Kestrel's, and what IIS takes for that of answers. */
export const httpSysUrlGroup: UrlGroupLimits = {
  enabled: true,
  maxConnections: 0,
  maxBandwidth: 0,
  maxRequestBodyBytes: 0,
  timeouts: {
    entityBodyMs: 120_000,
    drainEntityBodyMs: 120_000,
    requestQueueMs: 0,
    idleConnectionMs: 120_000,
    headerWaitMs: 120_000,
    minSendRate: 150,
    minReceiveRate: 240,
  },
};
