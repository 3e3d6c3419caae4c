// Ports of the loopback interface that nobody listens on.

import { createServer, type AddressInfo, type Server } from "node:net";

/** So many different ports. They are free when this returns, and most likely stay so. */
export async function freePorts<Count extends number>(
  count: Count,
): Promise<number[] & { length: Count }> {
  // All are held before the first is let go: the kernel may give a port that was let go a second time.
  const servers = await Promise.all(Array.from({ length: count }, openAnywhere));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as number[] & { length: Count };
}

/** One port. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

function openAnywhere(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
