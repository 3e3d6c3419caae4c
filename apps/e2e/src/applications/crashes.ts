// Answers like echo; a POST to `/crash` throws where nobody catches it, before its answer.

import type { IncomingMessage, ServerResponse } from "node:http";

export default function crashes(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://crashes");
  if (request.method === "POST" && pathname.endsWith("/crash"))
    setImmediate(() => {
      throw new Error("the application's own fault");
    });
  else response.end(pathname);
}
