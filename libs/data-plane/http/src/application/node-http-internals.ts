// What is reached inside node:http past its documented face, in one place: the things that Node's own
// server does to its request and response (lib/_http_server in Node's source). The tests beside
// node-host.ts compare with a real server, so they fail when a new Node does otherwise. Symbols are found
// by their description, once.
/* oxlint-disable no-underscore-dangle -- the undocumented names are the subject of this file */

import { IncomingMessage, ServerResponse, createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { Socket } from "node:net";
import type { ExchangeSocket } from "./exchange-socket.ts";

/** A server's request object, with what Node's server itself uses of it. */
export interface NodeRequest extends IncomingMessage {
  upgrade: boolean;
  readonly _consuming: boolean;
  readonly _dumped: boolean;
  readonly _readableState: { readonly resumeScheduled: boolean };
  _dump(): void;
  _dumpAndCloseReadable?(): void;
  _addHeaderLines(rawHeaders: readonly string[], length: number): void;
}

/** A server's response object, with what Node's server itself uses of it. */
export interface NodeResponse extends ServerResponse<NodeRequest> {
  readonly _header: string | null;
  readonly _hasBody: boolean;
  readonly _last: boolean;
  _closed: boolean;
  destroyed: boolean;
  _expect_continue: boolean;
}

type RequestClass = new (socket: ExchangeSocket) => NodeRequest;
type ResponseClass = new (request: NodeRequest, options: object) => NodeResponse;
type BySymbol<Value> = Record<symbol, Value | undefined>;

const reference = createServer();
const referenceResponse = new ServerResponse(new IncomingMessage(new Socket()));

const keys = {
  requestClass: symbolNamed(reference, "IncomingMessage"),
  responseClass: symbolNamed(reference, "ServerResponse"),
  uniqueHeaders: symbolNamed(reference, "kUniqueHeaders"),
  needDrain: symbolNamed(referenceResponse, "kNeedDrain"),
  detachAbortSignal: symbolNamed(IncomingMessage.prototype, "kDetachAbortSignal"),
};

/** Node's own listeners for `connection`, TLS and HTTP parser: these requests do not take that way. */
const ownListeners = new Set([
  ...reference.listeners("connection"),
  ...createTlsServer().listeners("connection"),
]);

function symbolNamed(owner: object, description: string): symbol {
  const found = Object.getOwnPropertySymbols(owner).find((key) => key.description === description);
  // A symbol that this Node does not have reads as undefined everywhere, and its feature is not there.
  return found ?? Symbol(description);
}

/** What `createServer({ IncomingMessage, ServerResponse, uniqueHeaders })` was given, or Node's own. */
export interface MessageClasses {
  readonly Request: RequestClass;
  readonly Response: ResponseClass;
  readonly uniqueHeaders: unknown;
}

/** Reads the classes and options that a server gives its messages. */
export function messageClassesOf(server: Server): MessageClasses {
  const options = server as unknown as BySymbol<unknown>;
  return {
    Request: (options[keys.requestClass] ?? IncomingMessage) as RequestClass,
    Response: (options[keys.responseClass] ?? ServerResponse) as ResponseClass,
    uniqueHeaders: options[keys.uniqueHeaders] ?? undefined,
  };
}

/** Gives a response the server's `uniqueHeaders` option. */
export function applyUniqueHeaders(response: NodeResponse, uniqueHeaders: unknown): void {
  if (uniqueHeaders === undefined) return;
  (response as unknown as BySymbol<unknown>)[keys.uniqueHeaders] = uniqueHeaders;
}

/** The listeners for new connections that the application added, without Node's own. */
export function connectionListeners(server: Server): Function[] {
  return server.listeners("connection").filter((listener) => !ownListeners.has(listener));
}

/** Gives a request its header fields, or its trailers once it is complete. The first `length` are seen. */
export function addFields(request: NodeRequest, fields: readonly string[], length: number): void {
  request._addHeaderLines(fields, length);
}

/** Throws away what is still to come of the body. */
export function dump(request: NodeRequest): void {
  request._dump();
}

/** True once nobody will ever read the request's body. */
export function isUnread(request: NodeRequest): boolean {
  return request._dumped || request.destroyed;
}

/** True for a request whose body the application never asked for. */
export function isUntouched(request: NodeRequest): boolean {
  return !request._consuming && !request._readableState.resumeScheduled;
}

/**
 * Ends a request that nobody listens to, body and all, at once: what Node's server does with its option
 * `optimizeEmptyRequests`. False where this Node cannot.
 */
export function closeUnread(request: NodeRequest): boolean {
  if (request.destroyed || request._dumpAndCloseReadable === undefined) return false;
  request._dumpAndCloseReadable();
  return true;
}

/** Once the answer is complete, `request.signal` does not follow the connection any more. */
export function detachAbortSignal(request: NodeRequest): void {
  (request as unknown as BySymbol<() => void>)[keys.detachAbortSignal]?.();
}

/** Head as text once it is fixed, null before. */
export function headText(response: NodeResponse): string | null {
  return response._header;
}

/** False for HEAD, 204 and 304. */
export function mayHaveBody(response: NodeResponse): boolean {
  return response._hasBody;
}

/** True when the application wants the connection closed after this answer. */
export function closesConnection(response: NodeResponse): boolean {
  return response._last;
}

/** The client waits for 100 Continue before it sends the body. */
export function expectContinue(response: NodeResponse): void {
  response._expect_continue = true;
}

/** The socket took everything: tells the application that waits for it, once. */
export function emitDrain(response: NodeResponse): void {
  if (!response.writableNeedDrain || response.writableLength > 0) return;
  (response as unknown as BySymbol<boolean>)[keys.needDrain] = false;
  response.emit("drain");
}

/** The response is done with, once. */
export function emitClose(response: NodeResponse): void {
  if (response._closed) return;
  response.destroyed = true;
  response._closed = true;
  response.emit("close");
}
