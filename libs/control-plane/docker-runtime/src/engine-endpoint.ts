// Where an engine answers: a socket of this machine, or a host and port (an engine behind a filtering
// proxy). The notation is DOCKER_HOST's.

import { ServiceError } from "@penstock/foundation";

/** What node:http needs to get there. */
export type EngineEndpoint =
  | { readonly text: string; readonly socketPath: string }
  | { readonly text: string; readonly host: string; readonly port: number };

/** Reads `unix:///path` or `tcp://host:port`. Throws ServiceError ENGINE_ADDRESS_INVALID. */
export function parseEngineEndpoint(text: string): EngineEndpoint {
  const socketPath = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
  if (socketPath !== undefined) return { text, socketPath };
  const [, host, port] = /^tcp:\/\/(\[[\da-fA-F:]+\]|[^/:[\]]+):(\d{1,5})\/?$/.exec(text) ?? [];
  if (host !== undefined) return { text, host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
  throw new ServiceError(`"${text}" is not the address of a Docker engine`, {
    code: "ENGINE_ADDRESS_INVALID",
    remedy: "Write unix:///var/run/docker.sock or tcp://host:port.",
  });
}
