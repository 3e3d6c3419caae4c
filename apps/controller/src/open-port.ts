// Opens one of the controller's own ports.

import type { FastifyInstance } from "fastify";
import { portFailure } from "@penstock/process";

/** Opens a port until the stop. Throws ServiceError PORT_IN_USE or PORT_NOT_OPENED, with the flag that moves it. */
export async function openPort(
  stack: AsyncDisposableStack,
  server: FastifyInstance,
  { at, flag }: { at: { host: string; port: number }; flag: string },
): Promise<void> {
  stack.defer(() => server.close());
  await server.listen(at).catch((cause: unknown) => {
    throw portFailure(at, cause, `name another with ${flag}`);
  });
}
