// Knows when a server is ready: it has written the ports that it listens on, and it greets a connection
// with its INFO line. No NATS client is needed for that.

import { connect } from "node:net";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// A start takes about 25 ms; polling at 5 ms adds little to it and costs nothing.
const pollMs = 5;
// A greeting comes at once; a connection that stays silent so long is tried again.
const greetingLimitMs = 1_000;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Resolves with the port as soon as the server of this pid greets on it. Rejects when aborted. */
export async function untilReady(
  portsDirectory: string,
  pid: number,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    const address = await writtenAddress(portsDirectory, pid);
    if (address && (await greets(address))) return address.port;
    await sleep(pollMs, undefined, { signal });
  }
}

// The file is named after the binary and the pid: `nats-server_4711.ports`.
async function writtenAddress(portsDirectory: string, pid: number): Promise<Address | undefined> {
  const name = (await readdir(portsDirectory)).find((each) => each.endsWith(`_${pid}.ports`));
  if (name === undefined) return undefined;
  try {
    const ports = JSON.parse(await readFile(join(portsDirectory, name), "utf8")) as {
      nats?: readonly string[];
    };
    const { hostname, port } = new URL(ports.nats?.[0] ?? "");
    return { host: hostname, port: Number(port) };
  } catch {
    // Not wholly written yet.
    return undefined;
  }
}

function greets(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let greeting = "";
    const finish = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(greetingLimitMs, () => finish(false));
    socket.on("error", () => finish(false));
    socket.on("close", () => finish(false));
    socket.on("data", (bytes) => {
      greeting += bytes.toString("latin1");
      if (greeting.includes("\r\n")) finish(greeting.startsWith("INFO {"));
    });
  });
}
