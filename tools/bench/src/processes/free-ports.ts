// Ports of the loopback interface that nobody listens on: below those that the kernel gives to whoever asks
// for any, or a server that is started in between could be given one of them.

import { randomInt } from "node:crypto";
import { createServer, type AddressInfo, type Server } from "node:net";

const FIRST = 20_000;
const BEYOND = 32_000;

/** So many different ports. They are free when this returns, and most likely stay so. */
export async function freePorts<Count extends number>(
  count: Count,
): Promise<number[] & { length: Count }> {
  // All are held before the first is let go, so that no port is given twice.
  const servers = await Promise.all(Array.from({ length: count }, () => openAnywhere()));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as number[] & { length: Count };
}

/** One port. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

function openAnywhere(tries = 100): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (taken) => {
      if (tries > 1) openAnywhere(tries - 1).then(resolve, reject);
      else reject(taken);
    });
    server.listen(randomInt(FIRST, BEYOND), "127.0.0.1", () => resolve(server));
  });
}
