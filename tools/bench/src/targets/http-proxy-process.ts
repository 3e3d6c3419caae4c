// The program of the peer: `node http-proxy-process.ts <port> <port of the application> <connections to it>`, 0 for
// any number. No log, and connections to the application that stay: a proxy at its best.

import httpProxy from "@fastify/http-proxy";
import fastify from "fastify";

/** Longer than any run: no connection is made anew while it is measured. */
const KEEP_ALIVE_MS = 600_000;

const [port, upstreamPort, connections = 0] = process.argv.slice(2).map(Number);
const proxy = fastify({ logger: false });
await proxy.register(httpProxy, {
  upstream: `http://127.0.0.1:${upstreamPort}`,
  undici: {
    connections: connections === 0 ? null : connections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  },
});
await proxy.listen({ port: port ?? 0, host: "127.0.0.1" });
