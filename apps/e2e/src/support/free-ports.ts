// Ports for one test. They are free when they are given out; nothing keeps another program from taking one
// in the next moment, which is rare enough on a test machine.

import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";

/** Different ports on 127.0.0.1 that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => occupy(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
}

/** Takes a port, or any with 0, so that nobody else can. */
export async function occupy(port: number): Promise<Server> {
  const server = createServer();
  server.listen({ host: "127.0.0.1", port, exclusive: true });
  await once(server, "listening");
  return server;
}

/** True when somebody listens on the port. */
export async function isTaken(port: number): Promise<boolean> {
  try {
    await close(await occupy(port));
    return false;
  } catch {
    return true;
  }
}

/** Ends a server and resolves when its port is free again. */
export async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
