// Answers 503 to `/ready` twice, then 200; tells everybody else whether it was warm when it was asked.

import type { IncomingMessage, ServerResponse } from "node:http";

let tries = 0;

export default function warms(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/ready") {
    tries++;
    response.statusCode = tries < 3 ? 503 : 200;
    response.end();
    return;
  }
  response.statusCode = tries < 3 ? 500 : 200;
  response.end(request.url);
}
