// Server-sent events: the time, once a second, until the client leaves.

import type { IncomingMessage, ServerResponse } from "node:http";

const TICK_MS = 1000;

export default function clock(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
  });
  const tick = (): void => {
    response.write(`data: ${new Date().toISOString()}\n\n`);
  };
  tick();
  const timer = setInterval(tick, TICK_MS);
  request.on("close", () => clearInterval(timer));
}
