// Waits until an application that somebody else starts accepts connections on its port. Whoever starts it
// sees its end and says so; here, not to listen within the time is all that can go wrong.

import { setTimeout as delay } from "node:timers/promises";
import type { ApplicationHost } from "@penstock/request-queue";
import { ApplicationError } from "./errors.ts";
import { hostPort } from "./forwarding-host.ts";
import { allListeningPorts } from "./listening-ports.ts";
import { acceptingAddress } from "./loopback-port.ts";

/** What is awaited. */
export interface PortOptions {
  /** What the application is called in a failure. */
  readonly name: string;
  readonly port: number;
  /** Most requests at once, and most connections. */
  readonly concurrency: number;
  readonly startupTimeLimitMs: number;
}

/** Between two looks at the port: 5 ms at first, so that a fast start is seen at once, 50 ms at most. */
const pollMinMs = 5;
const pollMaxMs = 50;
const pollGrowth = 1.3;

/** Resolves when the port accepts connections. Throws an {@link ApplicationError} when it does not in time. */
export async function awaitPort(options: PortOptions): Promise<ApplicationHost> {
  const { port, concurrency, startupTimeLimitMs } = options;
  const deadline = performance.now() + startupTimeLimitMs;
  for (let pause = pollMinMs; ; pause = Math.min(pause * pollGrowth, pollMaxMs)) {
    const address = await acceptingAddress(port);
    if (address !== undefined) return hostPort({ port, address, concurrency });
    if (performance.now() >= deadline) throw await neverListened(options);
    await delay(pause);
  }
}

async function neverListened({ name, port, startupTimeLimitMs }: PortOptions) {
  const found = await allListeningPorts();
  const where =
    found.length === 0
      ? "nothing listens on any port"
      : `there are listeners on ${found.join(", ")}, not on ${port}`;
  return new ApplicationError(
    "APPLICATION_NOT_LISTENING",
    `${name} did not accept connections on port ${port} within ${startupTimeLimitMs} ms: ${where}`,
    { remedy: "Set the pool's port to the one that the image serves HTTP on." },
  );
}
