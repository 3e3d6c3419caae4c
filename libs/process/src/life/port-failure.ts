// A port that could not be opened, in words that help: which, why, and what to do.

import { ServiceError } from "@penstock/foundation";

/** What `listen` failed with, as PORT_IN_USE or PORT_NOT_OPENED. `elsewhere` says how to choose another port. */
export function portFailure(
  at: { readonly host: string; readonly port: number },
  cause: unknown,
  elsewhere: string,
): ServiceError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const { host, port } = at;
  if (code === "EADDRINUSE") {
    return new ServiceError(`port ${port} is in use by another program.`, {
      code: "PORT_IN_USE",
      remedy: `End that program (ss -ltnp 'sport = :${port}' names it), or ${elsewhere}.`,
      cause,
    });
  }
  if (code === "EACCES") {
    return new ServiceError(`port ${port} may not be opened by this user.`, {
      code: "PORT_NOT_OPENED",
      remedy: `Use a port above 1023, or grant the right to open low ports; ${elsewhere}.`,
      cause,
    });
  }
  return new ServiceError(`port ${port} on ${host} could not be opened: ${message}.`, {
    code: "PORT_NOT_OPENED",
    remedy: `Look whether this machine has the address ${host}, or ${elsewhere}.`,
    cause,
  });
}
