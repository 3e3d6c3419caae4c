// A request handler as Node has them, for a pool whose workers are containers of an own image.

import type { IncomingMessage, ServerResponse } from "node:http";

let requests = 0;

export default function hello(request: IncomingMessage, response: ServerResponse): void {
  const worker = process.env["PENSTOCK_WORKER"] ?? "nobody";
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(`Hello from worker ${worker} (request ${++requests} of this worker)\n`);
}
