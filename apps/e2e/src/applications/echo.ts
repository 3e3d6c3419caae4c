// Answers with what it was sent: the path without its query, the body, and who it is. `?wait=<ms>` takes its
// time first.

import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export default async function echo(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://echo");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const wait = Number(url.searchParams.get("wait") ?? 0);
  if (wait > 0) await delay(wait);
  response.setHeader("X-Worker", process.env["PENSTOCK_WORKER"] ?? "");
  response.end(`${url.pathname} ${Buffer.concat(chunks).toString()}`);
}
