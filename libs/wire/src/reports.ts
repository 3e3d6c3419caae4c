// What processes tell each other besides requests: small JSON messages, rare enough for JSON. Readers
// check the shape, because a worker is not trusted.

/** A worker's word on itself. Sent on change, at most every 50 ms, and every `WORKER_REPORT_MS`. */
export interface WorkerReport {
  readonly state: "ready" | "resting" | "draining";
  /** Requests in hand. */
  readonly running: number;
  /** Requests taken since it started. */
  readonly taken: number;
  /** How long it had requests in hand since it started, added up over them, milliseconds. */
  readonly busyMs: number;
  /** With `resting`: the number of the order that it obeys. It asks for no request and has none in hand. */
  readonly rest?: number;
}

/** What the controller asks of a worker. Obeying twice is as good as once. */
export type WorkerOrder =
  /** To ask for no more requests, finish those in hand, and say so under this number. */
  | { readonly kind: "rest"; readonly number: number }
  /** To take requests, whatever was asked before. */
  | { readonly kind: "work" };

/** A listener's word on one pool. */
export interface PoolLoad {
  readonly pool: string;
  readonly waiting: number;
  readonly running: number;
}

/** A listener's word on the pools whose numbers changed since its last one. */
export interface ListenerLoad {
  /** True when every pool that is not named is at zero. */
  readonly complete: boolean;
  readonly pools: readonly PoolLoad[];
}

/** What the controller tells the listeners about a pool. */
export type PoolEvent =
  | { readonly kind: "workerLost"; readonly worker: string; readonly detail: string }
  /** Without what the worker said: that is for operators, and a client would see it. */
  | { readonly kind: "startTimedOut" };

/** The bytes of a report. */
export function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** A worker's report, or undefined when the message is none. */
export function decodeWorkerReport(bytes: Uint8Array): WorkerReport | undefined {
  const value = parse(bytes);
  if (!isRecord(value)) return undefined;
  const { state, running, taken, busyMs, rest } = value;
  if (!isCount(running) || !isCount(taken) || !isCount(busyMs)) return undefined;
  const said = { running, taken, busyMs };
  if (state === "resting") return isCount(rest) ? { state, ...said, rest } : undefined;
  return state === "ready" || state === "draining" ? { state, ...said } : undefined;
}

/** An order of the controller, or undefined when the message is none. */
export function decodeWorkerOrder(bytes: Uint8Array): WorkerOrder | undefined {
  const value = parse(bytes);
  if (!isRecord(value)) return undefined;
  const { kind, number } = value;
  if (kind === "work") return { kind };
  return kind === "rest" && isCount(number) ? { kind, number } : undefined;
}

/** A listener's load report, or undefined when the message is none. */
export function decodeListenerLoad(bytes: Uint8Array): ListenerLoad | undefined {
  const value = parse(bytes);
  if (!isRecord(value) || typeof value["complete"] !== "boolean" || !Array.isArray(value["pools"]))
    return undefined;
  const pools: PoolLoad[] = [];
  for (const entry of value["pools"] as unknown[]) {
    if (!isRecord(entry)) return undefined;
    const { pool, waiting, running } = entry;
    if (typeof pool !== "string" || !isCount(waiting) || !isCount(running)) return undefined;
    pools.push({ pool, waiting, running });
  }
  return { complete: value["complete"], pools };
}

/** A pool event, or undefined when the message is none. */
export function decodePoolEvent(bytes: Uint8Array): PoolEvent | undefined {
  const value = parse(bytes);
  if (!isRecord(value)) return undefined;
  const { kind, worker, detail } = value;
  if (kind === "startTimedOut") return { kind };
  if (kind !== "workerLost") return undefined;
  if (typeof worker !== "string" || typeof detail !== "string") return undefined;
  return { kind, worker, detail };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
