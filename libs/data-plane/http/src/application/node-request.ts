// The request object of a Node application, made from a head without the HTTP parser.

import type { Server } from "node:http";
import type { RequestHead, WorkerExchange } from "@penstock/request-queue";
import type { ExchangeSocket } from "./exchange-socket.ts";
import { addFields } from "./node-http-internals.ts";
import type { MessageClasses, NodeRequest } from "./node-http-internals.ts";

/** Node's parser hands on at most this many pairs to `headers`, unless the server says otherwise. */
const headerPairsMax = 2000;

/** Makes the request of an exchange, of the class that the server's options name. */
export function makeNodeRequest(
  exchange: WorkerExchange,
  socket: ExchangeSocket,
  hosting: { readonly server: Server; readonly classes: MessageClasses },
): NodeRequest {
  const { head } = exchange;
  const request = new hosting.classes.Request(socket);
  request.httpVersionMajor = 1;
  request.httpVersionMinor = head.httpVersionMinor;
  request.httpVersion = head.httpVersionMinor === 1 ? "1.1" : "1.0";
  request.method = head.method;
  request.url = head.target;
  request.upgrade = false;
  const joins = hosting.server as { joinDuplicateHeaders?: boolean };
  if (joins.joinDuplicateHeaders === true) {
    (request as { joinDuplicateHeaders?: boolean }).joinDuplicateHeaders = true;
  }
  const rawHeaders = framedHeaders(exchange);
  addFields(request, rawHeaders, visiblePairs(hosting.server, rawHeaders) * 2);
  return request;
}

/** Value of a field, the first of its name; undefined without one. `name` in lower case. */
export function fieldValue(head: RequestHead, name: string): string | undefined {
  const { rawHeaders } = head;
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const field = rawHeaders[n] as string;
    if (field.length === name.length && field.toLowerCase() === name) return rawHeaders[n + 1];
  }
  return undefined;
}

const framings = ["content-length", "transfer-encoding"] as const;

/**
 * A body without a length came chunked. Frameworks tell by `transfer-encoding` that there is one, so the
 * field is there on this hop, too, whether or not the listener left it.
 */
function framedHeaders(exchange: WorkerExchange): readonly string[] {
  const { head, firstBody, bodyComplete } = exchange;
  const bodiless = bodyComplete && (firstBody === undefined || firstBody.length === 0);
  if (bodiless || framings.some((name) => fieldValue(head, name) !== undefined))
    return head.rawHeaders;
  return [...head.rawHeaders, "Transfer-Encoding", "chunked"];
}

function visiblePairs(server: Server, rawHeaders: readonly string[]): number {
  const limit = server.maxHeadersCount ?? headerPairsMax;
  const pairs = rawHeaders.length / 2;
  return limit > 0 ? Math.min(limit, pairs) : pairs;
}
