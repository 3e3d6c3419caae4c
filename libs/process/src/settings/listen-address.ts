// `host:port` as a server takes it.

import { ServiceError } from "@penstock/foundation";

/** Takes `127.0.0.1:9181`, `[::1]:9181` or `localhost:9181` apart. Throws ServiceError ADDRESS_INVALID. */
export function listenAddress(text: string): { host: string; port: number } {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:]+)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.["port"]);
  const host = match?.groups?.["six"] ?? match?.groups?.["four"];
  if (host === undefined || !(port <= 65_535)) {
    throw new ServiceError(`"${text}" is not an address to listen on`, {
      code: "ADDRESS_INVALID",
      remedy: "Write host:port, such as 127.0.0.1:9181.",
    });
  }
  return { host, port };
}
