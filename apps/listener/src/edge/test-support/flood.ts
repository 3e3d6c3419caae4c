// For tests: what one HTTP/2 connection can do to others. Each flood ends with its own connection, and another
// client's request is answered meanwhile.

import assert from "node:assert/strict";
import { fieldBlock, Flag, Frame, frame, GET, RawHttp2 } from "@penstock/testing";
import { closed, givenFront, type Handle } from "./given-front.ts";

/** Error codes (RFC 9113 §7). */
export const ErrorCode = {
  none: 0,
  protocol: 1,
  internal: 2,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
} as const;

/** The fields of a CONNECT for a WebSocket (RFC 8441 §5.1). */
export const CONNECT: readonly (readonly [string, string])[] = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  ...GET.filter(([name]) => name !== ":method"),
  ["sec-websocket-version", "13"],
];

/** What came of a flood so far. */
export interface Counted {
  handled: number;
  /** Of these, the ones of which the request path was told that they are over. */
  over: number;
  /** HTTP/2 connections. */
  readonly open: () => number;
}

/** Opens a port and a connection, floods, and asks on another connection, which must be answered. */
export async function flood(
  attack: (client: RawHttp2, count: Counted) => void | Promise<void>,
  handle: Handle = () => {},
) {
  const count: Counted = { handled: 0, over: 0, open: () => front.server.http2Connections };
  await using front = await givenFront((request, response) => {
    if (request.url === "/control") {
      response.end("answered");
      return;
    }
    count.handled++;
    response.once("close", () => count.over++);
    handle(request, response);
  });
  const client = new RawHttp2(await front.handshake({ ALPNProtocols: ["h2"] }));
  await attack(client, count);
  const control = front.http2().request({ ":path": "/control" });
  let text = "";
  control.setEncoding("utf8").on("data", (part: string) => (text += part));
  await closed(control);
  assert.equal(text, "answered");
  const faults = "penstock_listener_http2_connections_closed_total";
  return {
    ...count,
    client,
    shareUsedUp: await front.counted(`${faults}{fault="share_used_up"}`),
    protocolErrors: await front.counted(`${faults}{fault="protocol_error"}`),
  };
}

/** A request that is all there. */
export const headers = (stream: number, fields = GET): Buffer =>
  frame(Frame.headers, Flag.endHeaders | Flag.endStream, stream, fieldBlock(fields));
/** Resets a stream. */
export function reset(stream: number, code: number = ErrorCode.cancel): Buffer {
  return frame(Frame.rstStream, 0, stream, Buffer.from([0, 0, 0, code]));
}

/** The numbers of so many streams. */
export const nth = (count: number): number[] => Array.from({ length: count }, (_, i) => i * 2 + 1);

/** A request whose client sends more. */
export const openHeaders = (stream: number, fields: typeof GET): Buffer =>
  frame(Frame.headers, Flag.endHeaders, stream, fieldBlock(fields));

/** Bytes of a request's body, or of a tunnel. */
export const data = (stream: number, bytes: Buffer): Buffer => frame(Frame.data, 0, stream, bytes);
