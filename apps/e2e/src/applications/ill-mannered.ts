// A program as they are found: takes a second until it listens, does not hear SIGTERM, and ends with 0 when it is
// asked for /…/exit, after its answer. What a `command` pool runs.

import { createServer } from "node:http";

const START_MS = 1000;

process.on("SIGTERM", () => {});

const server = createServer((request, response) => {
  response.end(String(process.pid));
  if (request.url?.endsWith("/exit")) response.once("close", () => process.exit(0));
});
setTimeout(() => server.listen(Number(process.env["PORT"]), "127.0.0.1"), START_MS);
