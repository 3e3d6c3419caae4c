// The first version of an application: says so behind the path that it was asked for.

import type { IncomingMessage, ServerResponse } from "node:http";

export default function versionOne(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("X-Pool", process.env["PENSTOCK_POOL"] ?? "");
  response.end(`${request.url} one`);
}
