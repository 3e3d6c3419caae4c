// A stream of events as server-sent events have it: counted from behind the last one that the client has, and
// ended by the application after every third. `/pid` tells the process.

import type { IncomingMessage, ServerResponse } from "node:http";

/** Events of one answer. */
const EVENTS = 3;

export default function events(
  { url = "", headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const last = Number(headers["last-event-id"] ?? 0);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("retry: 50\n\n");
  for (let id = last + 1; id <= last + EVENTS; id++)
    response.write(`id: ${id}\nevent: count\ndata: ${process.pid}\ndata: ${id}\n\n`);
  if (!url.endsWith("?stay")) response.end();
}
