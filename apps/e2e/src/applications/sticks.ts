// Answers like echo, but `/stick` in its path is the last thing that its event loop does.

import type { IncomingMessage, ServerResponse } from "node:http";

export default function sticks(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://sticks");
  while (url.pathname.endsWith("/stick"));
  response.end(url.pathname);
}
