// The application on its own: the floor of the hot path, and what http-proxy and nginx stand in front of.

import { freePorts } from "@penstock/testing";
import { listenArguments, type ApplicationName } from "../applications/application.ts";
import type { Stage } from "../measuring/stage.ts";
import { untilServing } from "../processes/until-serving.ts";
import type { Target } from "./target.ts";

/** Starts an application and waits until it serves. */
export async function startDirect(
  { processes }: Stage,
  application: ApplicationName,
): Promise<Target> {
  const [port = 0] = await freePorts(1);
  const server = processes.start({
    name: "the application",
    executable: process.execPath,
    arguments: listenArguments(application, port),
  });
  await untilServing(server, port);
  return { name: "direct", port, parts: () => new Map([["app", [server.pid]]]) };
}
