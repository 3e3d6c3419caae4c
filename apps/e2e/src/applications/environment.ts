// Answers with its environment; below `/fail`, fails with words that are nobody's business.

import type { IncomingMessage, ServerResponse } from "node:http";

export default function environment(request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.endsWith("/fail")) throw new Error("the words of /srv/private/failure.ts");
  response.end(JSON.stringify(process.env));
}
