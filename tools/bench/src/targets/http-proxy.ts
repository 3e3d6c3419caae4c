// The peer: @fastify/http-proxy in a process of its own in front of the application.

import { fileURLToPath } from "node:url";
import { freePorts } from "@penstock/testing";
import type { Stage } from "../measuring/stage.ts";
import { untilServing } from "../processes/until-serving.ts";
import type { Target } from "./target.ts";

const program = fileURLToPath(new URL("./http-proxy-process.ts", import.meta.url));

/** Starts the proxy and waits until it serves. `connections`: to the application, 0 for any number. */
export async function startHttpProxy(
  { processes }: Stage,
  application: Target,
  connections: number,
): Promise<Target> {
  const [port = 0] = await freePorts(1);
  const proxy = processes.start({
    name: "http-proxy",
    executable: process.execPath,
    arguments: [program, port, application.port, connections].map(String),
  });
  await untilServing(proxy, port);
  return {
    name: "http-proxy",
    port,
    parts: () => new Map([["proxy", [proxy.pid]], ...application.parts()]),
  };
}
