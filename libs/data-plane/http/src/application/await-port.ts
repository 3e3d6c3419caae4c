// Waits until an application that somebody else starts accepts connections on its port. Whoever starts it
// sees its end and says so; here, not to listen within the time is all that can go wrong.

import { setTimeout as delay } from "node:timers/promises";
import type { ApplicationHost } from "@penstock/request-queue";
import { ApplicationError } from "./errors.ts";
import { hostPort } from "./forwarding-host.ts";
import { allListeningPorts } from "./listening-ports.ts";
import { untilAccepting } from "./loopback-port.ts";

/** What is awaited. */
export interface PortOptions {
  /** What the application is called in a failure. */
  readonly name: string;
  readonly port: number;
  readonly startupTimeLimitMs: number;
}

/** An application that accepts connections. Disposing closes ours; the application is not touched. */
export interface AwaitedPort extends AsyncDisposable {
  readonly host: ApplicationHost;
  /** Resolves with what to say when the application is gone, as the first request found that did not reach it. */
  readonly gone: Promise<string>;
}

/** Resolves when the port accepts connections. Throws an {@link ApplicationError} when it does not in time. */
export async function awaitPort(options: PortOptions): Promise<AwaitedPort> {
  const { port, startupTimeLimitMs } = options;
  const deadline = performance.now() + startupTimeLimitMs;
  const address = await untilAccepting(port, async (pause) => {
    if (performance.now() >= deadline) throw await neverListened(options);
    await delay(pause);
  });
  return hostAddress(options, address);
}

function hostAddress({ name, port }: PortOptions, address: string): AwaitedPort {
  const { promise: gone, resolve } = Promise.withResolvers<string>();
  const host = hostPort({
    port,
    address,
    gone: () => resolve(`${name} does not accept connections on port ${port} any more`),
  });
  return { host, gone, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
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
