// Ports for one test. They are free when they are given out, and lie below those that the system gives to
// whoever asks for any port: a broker or a client that comes in between does not take them.

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Above the ports of well-known services, below Linux's own range (ip_local_port_range). */
const LOWEST = 12_000;
const BEYOND = 32_000;

/** Different ports on 127.0.0.1 that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(LOWEST, BEYOND);
    if (!(await isTaken(port))) ports.add(port);
  }
  return [...ports];
}

/** Takes a port, so that nobody else can. */
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
