// Ports of this machine's loopback: one that is free, and the wait until something accepts on one.

import { connect, createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** Where an application may listen that was told a port and no address: IPv4 first. */
const loopbackAddresses = ["127.0.0.1", "::1"] as const;

/** Between two looks at a port: 5 ms and a twentieth of the wait so far, so that a start is seen soon; 50 ms at most. */
const lookMinMs = 5;
const lookMaxMs = 50;
const lookGrowth = 1.05;

/** A port that nothing listens on now. The kernel does not hand the same one out again soon. */
export async function freeLoopbackPort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** The loopback address on which something accepts connections on `port`; undefined when nothing does. */
export async function acceptingAddress(port: number): Promise<string | undefined> {
  const accepting = await Promise.all(loopbackAddresses.map((address) => accepts(address, port)));
  return loopbackAddresses.find((_, n) => accepting[n]);
}

/**
 * Looks until something accepts connections on `port`, and resolves with its address. After each look in vain,
 * `pause` waits for so many milliseconds, or ends the wait by throwing.
 */
export async function untilAccepting(
  port: number,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<string> {
  for (let wait = lookMinMs; ; wait = Math.min(wait * lookGrowth, lookMaxMs)) {
    const address = await acceptingAddress(port);
    if (address !== undefined) return address;
    await pause(wait);
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
