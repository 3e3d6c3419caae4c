// Applications behind a port of this machine, for the tests of their host.

import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { after } from "node:test";
import type { ApplicationHost } from "@penstock/request-queue";
import { hostPort } from "./forwarding-host.ts";
import { turn } from "./recording-exchange.ts";

/** A request whose body follows. */
export const post = { method: "POST", streams: true } as const;
const opened: (() => Promise<void>)[] = [];

after(async () => {
  for (const close of opened) await close();
});

/** Hosts a server; both are closed when the tests are over. */
export async function hostBehind(server: Server): Promise<ApplicationHost> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const host = hostPort({ port });
  opened.push(async () => {
    await host[Symbol.asyncDispose]();
    if ("closeAllConnections" in server)
      (server as { closeAllConnections(): void }).closeAllConnections();
    server.close();
  });
  return host;
}

/** Hosts an application of node:http. */
export const behind = (listener: RequestListener): Promise<ApplicationHost> =>
  hostBehind(createServer(listener));

/** A server that answers every request with these bytes. */
export function answering(bytes: string, thenEnd = false): Server {
  return createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () =>
      thenEnd ? socket.end(bytes, "latin1") : socket.write(bytes, "latin1"),
    );
  });
}

/** The bytes of the next request that a server gets. */
export async function requestBytes(send: (host: ApplicationHost) => void): Promise<string> {
  let received = "";
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (received.endsWith("\r\n\r\n") || received.endsWith("done")) {
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      }
    });
  });
  send(await hostBehind(server));
  while (!received.includes("\r\n\r\n")) await turn();
  return received;
}
