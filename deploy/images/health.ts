// The health check of an image: asks the process of this container whether it is ready, on the port where
// its own settings say that it listens. Exit code 0 when it is; what it answered goes to the engine's log.
//
//   node health.ts [PATH]      default: /readyz

import { request } from "node:http";

/** Shorter than the health check's own limit, so that the engine reads why. */
const LIMIT_MS = 2000;

const listens =
  process.env["PENSTOCK_ADMIN_LISTEN"] ??
  process.env["PENSTOCK_OPERATIONS_LISTEN"] ??
  process.env["PENSTOCK_PROXY_LISTEN"];
const port = Number(listens?.slice(listens.lastIndexOf(":") + 1));

const path = process.argv[2] ?? "/readyz";

const asked = request({ host: "127.0.0.1", port, path, timeout: LIMIT_MS }, (answer) => {
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
  answer.pipe(process.stdout);
});
asked.on("timeout", () => asked.destroy(new Error(`no answer within ${LIMIT_MS} ms`)));
asked.on("error", (cause) => {
  process.stdout.write(`${cause.message}\n`);
  process.exitCode = 1;
});
asked.end();
