// A real nats-server for the tests of this package: on loopback, in a folder of its own, gone with them.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApplicationPool } from "@penstock/domain";
import { NatsLink } from "@penstock/nats-connection";
import { aPool } from "@penstock/testing";
import { findNatsServer, natsServerCacheDirectory, startNatsServer } from "@penstock/nats-server";

const report = (): void => {};

/** Starts a broker and connects. Disposing `stack` ends both. */
export async function connectToBroker(stack: AsyncDisposableStack): Promise<NatsLink> {
  const environment = process.env;
  const { path } = await findNatsServer({
    cacheDirectory: natsServerCacheDirectory(environment),
    environment,
    report,
  });
  const folder = await mkdtemp(join(tmpdir(), "penstock-administration-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const server = stack.use(await startNatsServer({ binary: path, storeDirectory: folder, report }));
  return stack.use(
    await NatsLink.open({
      url: server.url,
      name: "test",
      inboxPrefix: "_T",
      failed: (what, cause) => {
        throw new Error(`${what}: ${String(cause)}`);
      },
    }),
  );
}

/** A pool of which only what concerns its queue matters. */
export const givenPool = (
  name: string,
  limits: { queueLength?: number; queueTimeoutMs?: number } = {},
): ApplicationPool => aPool({ name, urls: [`http://+:8080/${name}/`], ...limits });
