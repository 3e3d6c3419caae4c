// Counts its requests in its memory: `request <n> of process <pid>`.

import type { IncomingMessage, ServerResponse } from "node:http";

let count = 0;

export default function counter(_: IncomingMessage, response: ServerResponse): void {
  response.end(`request ${++count} of process ${process.pid}`);
}
