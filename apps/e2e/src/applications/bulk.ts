// Large bodies, never held as a whole: a POST is answered with its hash, a GET with as many bytes as
// `?bytes=` asks for.

import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { bulk, hashOf } from "../support/bulk.ts";

export default async function bulkApplication(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://bulk");
  if (request.method === "POST") response.end(await hashOf(request));
  else await pipeline(bulk(Number(url.searchParams.get("bytes"))), response);
}
