// Answers like echo, and never lets go of a quarter of a MiB for each request, until it holds 200 MiB: by then its limit
// has to have replaced it, and a machine that runs tests is not to be filled.

import type { IncomingMessage, ServerResponse } from "node:http";

const LEAK_BYTES = 256 * 1024;
const LEAKED_MAX = 200 * 1024 ** 2;

const leaked: Buffer[] = [];

export default function leaks(request: IncomingMessage, response: ServerResponse): void {
  // Filled: the kernel gives memory when it is written to.
  if (leaked.length * LEAK_BYTES < LEAKED_MAX) leaked.push(Buffer.alloc(LEAK_BYTES, 1));
  response.end(new URL(request.url ?? "/", "http://leaks").pathname);
}
