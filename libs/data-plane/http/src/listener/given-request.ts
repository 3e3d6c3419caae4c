// For tests: a request as node:http's parser leaves it, made of its lines, and the response that goes with it.

import { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough, type Duplex } from "node:stream";
import { Socket } from "node:net";

/** A request whose header came; `lines` are `Name: value`. It has no body. */
export function givenRequest(
  requestLine = "GET /",
  lines: readonly string[] = ["Host: shop.example"],
): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  const [method = "", url = ""] = requestLine.split(" ");
  request.method = method;
  request.url = url;
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  for (const line of lines) {
    const [name = "", value = ""] = line.split(/: ?(.*)/s);
    request.rawHeaders.push(name, value);
    request.headers[name.toLowerCase()] ??= value;
  }
  request.complete = true;
  return request;
}

/** The response to a request, and the text that it wrote. */
export function givenResponse(request: IncomingMessage): {
  readonly response: ServerResponse;
  readonly written: () => string;
} {
  const response = new ServerResponse(request);
  response.sendDate = false;
  const wire: Duplex = new PassThrough();
  response.assignSocket(wire as unknown as Socket);
  return { response, written: () => String((wire as PassThrough).read() ?? "") };
}
