// Prints the nats-server that this machine would run and where it came from: for scripts and for CI. The
// path stands alone on stdout, all else goes to stderr.

import { describeError, ServiceError } from "@penstock/foundation";
import { natsServerCacheDirectory } from "./cache.ts";
import { findNatsServer } from "./find-nats-server.ts";

try {
  const found = await findNatsServer({
    cacheDirectory: natsServerCacheDirectory(process.env),
    environment: process.env,
    report: (event) => {
      const what =
        event.kind === "skipped" ? `not taken: ${event.reason}` : `fetching ${event.what}`;
      process.stderr.write(`${event.source}: ${what}\n`);
    },
  });
  process.stderr.write(`${found.source}: nats-server ${found.version}\n`);
  process.stdout.write(`${found.path}\n`);
} catch (thrown) {
  const remedy = thrown instanceof ServiceError && thrown.remedy ? `\n${thrown.remedy}` : "";
  process.stderr.write(`${describeError(thrown)}${remedy}\n`);
  process.exitCode = 1;
}
